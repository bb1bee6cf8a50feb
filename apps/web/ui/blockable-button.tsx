'use client';

import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';

export interface BlockableButtonProps extends Omit<ButtonProps, 'disabled'> {
  /** Why it cannot be pressed now, in words; null when it can. */
  readonly blocked: string | null;
  readonly type?: 'submit';
  readonly onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly children: ReactNode;
  readonly 'aria-label'?: string | undefined;
}

/**
 * A button that says why it cannot be pressed. It keeps the focus and its place in the order of tabs, so that the
 * reason can be reached by keyboard and by touch too.
 */
export function BlockableButton({ blocked, onClick, children, ...button }: BlockableButtonProps) {
  const isBlocked = blocked !== null;
  return (
    <Tooltip label={blocked} disabled={!isBlocked} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...button}
        aria-disabled={isBlocked || undefined}
        data-disabled={isBlocked}
        {...(isBlocked ? { onClick: refuse } : onClick && { onClick })}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

/** Also keeps a form from being sent. */
function refuse(event: MouseEvent<HTMLButtonElement>): void {
  event.preventDefault();
}
