'use client';

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { failureOf, isMissing } from '@/trpc/failure';
import { LinkButton } from './link-button';
import classes from './states.module.css';

interface ErrorStateProps {
  readonly error: unknown;
  readonly what: string;
  readonly onRetry?: () => void;
  /** Where to go when there is no such thing. */
  readonly instead?: { readonly href: string; readonly label: string };
}

/** What, where and what to do; keeps everything around it in place. */
export function ErrorState({ error, what, onRetry, instead }: ErrorStateProps) {
  const failure = failureOf(error);
  const elsewhere = isMissing(failure) ? instead : undefined;
  return (
    <div className={classes.state} role="alert">
      <h2>{what} could not be shown</h2>
      <p>{failure.message}</p>
      {elsewhere && <LinkButton href={elsewhere.href}>{elsewhere.label}</LinkButton>}
      {!elsewhere && onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Says what would be here, and gives the one thing that makes it so. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.state}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Text that is coming, a bone for each line and each as high as a line; `spaced` for rows of a table. */
export function BoneLines({
  widths,
  spaced = false,
}: {
  widths: readonly (number | string)[];
  spaced?: boolean;
}) {
  return (
    <div aria-hidden="true">
      {widths.map((width) => (
        <div key={width} className={classes.boneLine} data-spaced={spaced}>
          <Bone width={width} height={10} />
        </div>
      ))}
    </div>
  );
}

/** A grey shape of what is coming; appears only when it takes longer than a blink. */
export function Bone({ width = '100%', height = 14 }: { width?: number | string; height?: number | string }) {
  return <span className={classes.bone} style={{ width, height }} aria-hidden="true" />;
}
