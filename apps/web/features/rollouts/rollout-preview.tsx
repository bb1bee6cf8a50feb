'use client';

import { IconSnowflake } from '@tabler/icons-react';
import { formatDuration } from '@tulle/mesh/format';
import type { FreezeWindow } from '@tulle/mesh/rollout/freeze-window';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { useNow } from '@/ui/clock';
import { freezePreview } from './freeze-preview';
import { previewSentences, shortestMs } from './preview-sentences';
import { cautions } from './rollout-draft';
import classes from './rollout-preview.module.css';

/** The rollout as a list of sentences, with what may give one pause. */
export function RolloutPreview({
  stable,
  candidate,
  steps,
  rate,
  freezeWindows,
}: {
  stable: string;
  candidate: string;
  steps: readonly RolloutStep[];
  rate: number;
  freezeWindows: readonly FreezeWindow[];
}) {
  const names = { stable: stable || 'stable', candidate: candidate || 'the candidate' };
  const shortest = shortestMs(steps);
  const freeze = freezePreview(freezeWindows, { steps, candidate: names.candidate }, useNow());
  return (
    <>
      <ol className={classes.sentences}>
        {previewSentences(steps, names, rate).map((sentence, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is its place in the list
          <li key={index}>{sentence}</li>
        ))}
        {endsElsewhere(steps) && <li>Ends with all traffic on {names.candidate}.</li>}
      </ol>
      {cautions(steps).map((caution) => (
        <p key={caution} className={classes.caution}>
          {caution}
        </p>
      ))}
      {freeze !== null && (
        <div className={classes.freeze} data-now={freeze.isFrozenNow}>
          <IconSnowflake size={16} stroke={1.6} aria-hidden />
          <div className={classes.windows}>
            {freeze.windows.map((window) => (
              <div key={window}>{window}</div>
            ))}
            {freeze.sentences.map((sentence) => (
              <div key={sentence} className={classes.when}>
                {sentence}
              </div>
            ))}
          </div>
        </div>
      )}
      <p className={classes.quiet}>
        {shortest > 0
          ? `Takes at least ${formatDuration(shortest)}, and the time people need.`
          : 'Takes as long as people need.'}{' '}
        It can be paused or aborted at any time; an abort returns all traffic to {names.stable}.
      </p>
    </>
  );
}

/** Whether the end is not said already by the last step. */
function endsElsewhere(steps: readonly RolloutStep[]): boolean {
  const last = steps.at(-1);
  return last?.type !== 'setWeight' || last.weight !== 100;
}
