'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './command-line.module.css';

/** Text to take elsewhere: a command, a YAML document. */
export function CommandLine({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  return (
    <div className={classes.box}>
      {/* Scrolls by keyboard too: long lines stay whole, so that they can be read as they will run. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <section className={classes.text} tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <Tooltip label={copied ? 'Copied' : 'Copy'}>
        <ActionIcon onClick={() => copy(text)} aria-label={`Copy ${label}`} className={classes.copy}>
          {copied ? <IconCheck size={16} stroke={1.6} /> : <IconCopy size={16} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
