import { formatDuration } from '@tulle/mesh/format';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { previewSentences, shortestMs } from './preview-sentences';
import { cautions } from './rollout-draft';
import classes from './rollout-preview.module.css';

/** The rollout as a list of sentences, with what may give one pause. */
export function RolloutPreview({
  stable,
  candidate,
  steps,
  rate,
}: {
  stable: string;
  candidate: string;
  steps: readonly RolloutStep[];
  rate: number;
}) {
  const names = { stable: stable || 'stable', candidate: candidate || 'the candidate' };
  const shortest = shortestMs(steps);
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
