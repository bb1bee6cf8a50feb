'use client';

import Link, { type LinkProps } from 'next/link';
import type { AnchorHTMLAttributes } from 'react';
import classes from './mesh-link.module.css';
import { useHref } from './use-view';

interface MeshLinkProps
  extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof LinkProps>,
    Omit<LinkProps, 'href'> {
  /** From `paths`. */
  readonly href: string;
  /** `plain` takes the colour around it. */
  readonly look?: 'link' | 'plain';
}

/** A link within the dashboard; the time window comes along. */
export function MeshLink({ href, look = 'link', className, ...rest }: MeshLinkProps) {
  const hrefOf = useHref();
  const own = look === 'link' ? classes.link : classes.plain;
  return (
    <Link
      href={hrefOf(href)}
      prefetch={false}
      className={className ? `${own} ${className}` : own}
      {...rest}
    />
  );
}
