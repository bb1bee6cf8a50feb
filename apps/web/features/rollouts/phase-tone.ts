import type { RolloutPhase } from '@tulle/mesh/rollout/spec';

/** Only what awaits a person or went wrong is coloured. */
export const phaseTone = {
  running: 'accent',
  'waiting-time': 'quiet',
  'waiting-resume': 'warn',
  'waiting-approval': 'warn',
  analysing: 'accent',
  paused: 'warn',
  frozen: 'quiet',
  completed: 'plain',
  aborting: 'bad',
  aborted: 'quiet',
  failed: 'bad',
} as const satisfies Record<RolloutPhase, string>;

const finalPhases: readonly RolloutPhase[] = ['completed', 'aborted', 'failed'];

export function isActive(phase: RolloutPhase): boolean {
  return !finalPhases.includes(phase);
}
