import type { RolloutPhase } from '@tulle/mesh/rollout/spec';

export type PhaseTone = 'quiet' | 'ok' | 'warn' | 'bad' | 'accent';

/** How each phase is said, and how loud: only what awaits a person or went wrong is coloured. */
const phases: Readonly<Record<RolloutPhase, { label: string; tone: PhaseTone; active: boolean }>> = {
  running: { label: 'Moving traffic', tone: 'accent', active: true },
  'waiting-time': { label: 'Waiting', tone: 'quiet', active: true },
  'waiting-resume': { label: 'Waiting to be resumed', tone: 'warn', active: true },
  'waiting-approval': { label: 'Waiting for approval', tone: 'warn', active: true },
  analysing: { label: 'Analysing', tone: 'accent', active: true },
  paused: { label: 'Paused', tone: 'warn', active: true },
  completed: { label: 'Completed', tone: 'ok', active: false },
  aborting: { label: 'Returning to stable', tone: 'bad', active: true },
  aborted: { label: 'Aborted', tone: 'quiet', active: false },
  failed: { label: 'Failed', tone: 'bad', active: false },
};

export function phaseLabel(phase: RolloutPhase): string {
  return phases[phase].label;
}

export function phaseTone(phase: RolloutPhase): PhaseTone {
  return phases[phase].tone;
}

export function isActive(phase: RolloutPhase): boolean {
  return phases[phase].active;
}
