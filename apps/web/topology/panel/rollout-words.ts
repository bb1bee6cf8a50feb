import type { RolloutPhase } from '@tulle/mesh/rollout/spec';

/** A phase in two words, for a row that leads to the rollout itself. */
export const rolloutWords: Record<RolloutPhase, string> = {
  running: 'running',
  'waiting-time': 'waiting',
  'waiting-resume': 'waits for resume',
  'waiting-approval': 'waits for approval',
  analysing: 'analysing',
  paused: 'paused',
  frozen: 'frozen',
  completed: 'completed',
  aborting: 'aborting',
  aborted: 'aborted',
  failed: 'failed',
};
