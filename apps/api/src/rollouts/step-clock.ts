import { freezeAt } from '@tulle/mesh/rollout/freeze';
import type { Rollout } from '@tulle/mesh/rollout/state';

/** When the rollout goes on by itself, milliseconds since the epoch; null when it awaits something else. */
export function stepEndsAt({ spec, state }: Rollout, now: number): number | null {
  const step = spec.steps[state.stepIndex];
  if (state.phase === 'waiting-time' && step?.type === 'pause' && step.durationMs !== undefined) {
    return state.stepStartedAt + step.durationMs;
  }
  if (state.phase === 'analysing' && step?.type === 'analysis') {
    return state.stepStartedAt + step.durationMs;
  }
  if (state.phase === 'frozen') return freezeAt(spec.freezeWindows, now)?.until ?? now;
  return null;
}
