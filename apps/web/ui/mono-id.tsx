'use client';

import { Tooltip, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { shortenId } from '@tulle/mesh/format';
import classes from './mono-id.module.css';

interface MonoIdProps {
  readonly id: string;
  /** Characters kept at each end; without it the whole is shown. */
  readonly keep?: number;
  /** What is shown instead, when it is shortened in a way of its own. */
  readonly text?: string;
  /** What it is, for those who hear the page: "serial", "SPIFFE ID". */
  readonly label?: string;
}

/** An identifier in mono, shortened in the middle, copied by click. */
export function MonoId({ id, keep, text, label = 'identifier' }: MonoIdProps) {
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  const shown = text ?? (keep === undefined ? id : shortenId(id, keep));
  return (
    <Tooltip
      label={copied ? 'Copied' : `${id} · click to copy`}
      events={{ hover: true, focus: true, touch: true }}
    >
      <UnstyledButton className={classes.id} onClick={() => copy(id)} aria-label={`Copy ${label} ${shown}`}>
        <Ends text={shown} />
      </UnstyledButton>
    </Tooltip>
  );
}

/** Where there is no room for all of a path, its last part stays: the others are the same for all. */
function Ends({ text }: { text: string }) {
  const cut = text.lastIndexOf('/') + 1;
  if (cut === 0) return text;
  return (
    <>
      <span className={classes.start}>{text.slice(0, cut)}</span>
      <span className={classes.end}>{text.slice(cut)}</span>
    </>
  );
}
