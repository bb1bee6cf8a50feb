import { describeEnd, describeSpan, describeWindow } from '@tulle/mesh/rollout/describe-freeze';
import { freezeAt, nextFreeze } from '@tulle/mesh/rollout/freeze';
import { type FreezeWindow, freezeWindowSchema } from '@tulle/mesh/rollout/freeze-window';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { shortestMs } from './preview-sentences';

export interface FreezePreview {
  /** The windows in words, those that are right. */
  readonly windows: readonly string[];
  /** Where they would hold the rollout up. */
  readonly sentences: readonly string[];
  /** Whether one is open now, so that starting means waiting. */
  readonly isFrozenNow: boolean;
}

/** What freeze windows mean for a rollout started now; null without any. */
export function freezePreview(
  written: readonly FreezeWindow[],
  { steps, candidate }: { steps: readonly RolloutStep[]; candidate: string },
  now: number,
): FreezePreview | null {
  const windows = written.filter((window) => freezeWindowSchema.safeParse(window).success);
  if (windows.length === 0) return null;
  const words = windows.map((window) => describeWindow(window));
  const freeze = freezeAt(windows, now);
  if (freeze !== undefined) {
    const place = steps.findIndex((step) => step.type === 'setWeight' && step.weight > 0);
    const waits = place > 0 ? `step ${place + 1}` : 'the first step';
    const sentence = `Frozen now: ${waits} waits until ${describeEnd(freeze, now)}.`;
    return { windows: words, sentences: [sentence], isFrozenNow: true };
  }
  const next = nextFreeze(windows, now);
  const sentences =
    next === undefined
      ? ['All of them are over, so they hold nothing up.']
      : [
          `Next freeze ${describeSpan(next, now)}.`,
          shortestMs(steps) > next.from - now
            ? 'It begins before all steps can be done, so the rollout waits there.'
            : `A step that gives ${candidate} more traffic then waits until it is over.`,
        ];
  return { windows: words, sentences, isFrozenNow: false };
}
