'use client';

import { Button, type ButtonProps } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useHref } from './use-view';

interface LinkButtonProps extends ButtonProps {
  /** From `paths`. */
  readonly href: string;
  readonly children: ReactNode;
}

/** A link that looks like a button; the time window comes along. */
export function LinkButton({ href, children, ...button }: LinkButtonProps) {
  const hrefOf = useHref();
  return (
    <Button component={Link} href={hrefOf(href)} prefetch={false} {...button}>
      {children}
    </Button>
  );
}
