import type { Rollout } from '@tulle/mesh/rollout/state';

/** When the present step ends by itself, milliseconds since the epoch; null when it awaits something else. */
export function stepEndsAt({ spec, state }: Rollout): number | null {
  const step = spec.steps[state.stepIndex];
  if (state.phase === 'waiting-time' && step?.type === 'pause' && step.durationMs !== undefined) {
    return state.stepStartedAt + step.durationMs;
  }
  if (state.phase === 'analysing' && step?.type === 'analysis') {
    return state.stepStartedAt + step.durationMs;
  }
  return null;
}
