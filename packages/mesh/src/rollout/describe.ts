import { countOf, formatDuration, formatPercent } from '../format.ts';
import { describeEnd } from './describe-freeze.ts';
import { freezeAt } from './freeze.ts';
import type { RolloutPhase, RolloutSpec, RolloutStep } from './spec.ts';
import type { RolloutState } from './state.ts';

/** A step in words, as in the rail: "20 %", "Pause for 2 min", "Approval by 1 person". */
export function describeStep(step: RolloutStep): string {
  switch (step.type) {
    case 'setWeight':
      return formatPercent(step.weight);
    case 'pause':
      return step.durationMs === undefined
        ? 'Pause until somebody resumes'
        : `Pause for ${formatDuration(step.durationMs)}`;
    case 'approval':
      return `Approval by ${countOf(step.approvals, 'person', 'people')}`;
    case 'analysis':
      return `Analysis for ${formatDuration(step.durationMs)}`;
  }
}

const phaseWords: Record<RolloutPhase, string> = {
  running: 'Setting weight',
  'waiting-time': 'Waiting',
  'waiting-resume': 'Waiting for resume',
  'waiting-approval': 'Waiting for approval',
  analysing: 'Analysing',
  paused: 'Paused',
  frozen: 'Frozen',
  completed: 'Completed',
  aborting: 'Returning to stable',
  aborted: 'Aborted',
  failed: 'Failed',
};

/** A phase in words, as in the tag beside the title. */
export function describePhase(phase: RolloutPhase): string {
  return phaseWords[phase];
}

/** What the rollout waits for now, in one line: "1 of 2 approvals", "1 min 30 s left". Empty when it waits for nothing. */
export function describeProgress(spec: RolloutSpec, state: RolloutState, now: number): string {
  const step = spec.steps[state.stepIndex];
  const elapsed = Math.max(0, (state.paused?.at ?? now) - state.stepStartedAt);
  const phase = state.paused?.phase ?? state.phase;
  if (phase === 'frozen') {
    const freeze = freezeAt(spec.freezeWindows, now);
    return freeze === undefined ? '' : `frozen until ${describeEnd(freeze, now)}`;
  }
  if (phase === 'waiting-approval' && step?.type === 'approval') {
    return `${state.approvals.length} of ${countOf(step.approvals, 'approval')}`;
  }
  if (phase === 'waiting-time' && step?.type === 'pause' && step.durationMs !== undefined) {
    return `${formatDuration(step.durationMs - elapsed)} left`;
  }
  if (phase === 'analysing' && step?.type === 'analysis') {
    return elapsed < step.durationMs
      ? `${formatDuration(step.durationMs - elapsed)} left`
      : `waits for enough requests, up to ${formatDuration(Math.max(0, step.timeoutMs - elapsed))} more`;
  }
  return '';
}
