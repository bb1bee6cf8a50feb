'use client';

import Link, { type LinkProps } from 'next/link';
import type { AnchorHTMLAttributes } from 'react';
import { useGo } from './url-state';
import { useHref } from './use-view';

export interface PageLinkProps
  extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof LinkProps>,
    Omit<LinkProps, 'href' | 'onNavigate'> {
  /** From `paths`. */
  readonly href: string;
}

/** A link within the dashboard, to look like whatever it is a part of; the time window comes along. */
export function PageLink({ href, ...rest }: PageLinkProps) {
  const hrefOf = useHref();
  const go = useGo();
  const to = hrefOf(href);
  return (
    <Link
      href={to}
      prefetch={false}
      {...rest}
      onNavigate={(event) => {
        event.preventDefault();
        go(to);
      }}
    />
  );
}
