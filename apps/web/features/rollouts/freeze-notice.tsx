'use client';

import { IconSnowflake } from '@tabler/icons-react';
import { formatRelative } from '@tulle/mesh/format';
import { Card } from '@/ui/card';
import { useNow } from '@/ui/clock';
import { LocalMoment } from '@/ui/time';
import type { Rollout } from './action-words';
import classes from './freeze-notice.module.css';
import { freezeWords } from './freeze-words';

/** Says calmly that it is frozen, until when, also by the clock of who looks, and what that holds up. */
export function FreezeNotice({ rollout }: { rollout: Rollout }) {
  const now = useNow();
  const words = freezeWords(rollout);
  if (words === null || rollout.freeze === null) return null;
  const { until } = rollout.freeze;
  return (
    <Card
      title={
        <span className={classes.title}>
          <IconSnowflake size={16} stroke={1.6} aria-hidden />
          {words.title}
        </span>
      }
    >
      <div>{words.sentence}</div>
      <div className={classes.when}>
        Until <LocalMoment at={until} /> your time, {formatRelative(until, Math.min(now, until))}.
      </div>
    </Card>
  );
}
