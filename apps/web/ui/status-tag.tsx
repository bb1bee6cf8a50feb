import type { Health } from '@tulle/mesh/health';
import type { ReactNode } from 'react';
import classes from './status-tag.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'accent' | 'quiet' | 'plain';

/** A word in a colour that means something; `plain` for what is as it should be. */
export function StatusTag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}

export const healthWords: Record<Health, { tone: Tone; word: string }> = {
  idle: { tone: 'plain', word: 'idle' },
  ok: { tone: 'plain', word: 'healthy' },
  degraded: { tone: 'warn', word: 'degraded' },
  failing: { tone: 'bad', word: 'failing' },
};

export function HealthTag({ health }: { health: Health }) {
  const { tone, word } = healthWords[health];
  return <StatusTag tone={tone}>{word}</StatusTag>;
}

/** A dot beside a name; its word is there for those who do not see colour. */
export function HealthDot({ health }: { health: Health }) {
  return (
    <span className={classes.dot} data-health={health} role="img" aria-label={healthWords[health].word} />
  );
}
