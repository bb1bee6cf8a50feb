'use client';

import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageLink } from './page-link';

interface LinkButtonProps extends ButtonProps {
  /** From `paths`. */
  readonly href: string;
  readonly children: ReactNode;
}

/** A link that looks like a button; the time window comes along. */
export function LinkButton({ href, children, ...button }: LinkButtonProps) {
  return (
    <Button component={PageLink} href={href} {...button}>
      {children}
    </Button>
  );
}
