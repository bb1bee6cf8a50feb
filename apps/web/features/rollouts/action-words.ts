import type { RouterOutputs } from '@tulle/api/router-types';
import { formatPercent, formatRate, listOf } from '@tulle/mesh/format';
import { describeStep } from '@tulle/mesh/rollout/describe';
import type { RolloutActionName } from '@tulle/mesh/rollout/spec';

export type Rollout = RouterOutputs['rollouts']['get'];

export interface ActionWords {
  /** A verb, as on the button: `Approve step 4`. */
  readonly label: string;
  /** What will happen, a sentence each. */
  readonly consequences: readonly string[];
  readonly commentLabel: string;
  readonly harmful: boolean;
}

/** What an action on this rollout would do, in words, before anybody does it. */
export function actionWords(action: RolloutActionName, rollout: Rollout): ActionWords {
  const { row, spec } = rollout;
  const step = row.stepIndex + 1;
  switch (action) {
    case 'approve':
      return {
        label: `Approve step ${step}`,
        consequences: approvalDoes(rollout),
        commentLabel: 'Comment',
        harmful: false,
      };
    case 'reject':
      return {
        label: `Reject step ${step}`,
        consequences: [backToStable(rollout), 'The rollout ends here; to try again, start a new one.'],
        commentLabel: 'Why',
        harmful: true,
      };
    case 'pause':
      return {
        label: 'Pause',
        consequences: [
          `Traffic stays as it is: ${spec.candidate} keeps ${formatPercent(row.setWeight)}.`,
          'Clocks and analyses stand still until somebody resumes it.',
        ],
        commentLabel: 'Why',
        harmful: false,
      };
    case 'resume':
      return {
        label: 'Resume',
        consequences: [
          row.phase === 'paused'
            ? `Continues where it was paused, at step ${step}: ${row.stepText}.`
            : `The pause is over: ${nextDoes(rollout)}`,
        ],
        commentLabel: 'Comment',
        harmful: false,
      };
    case 'promote':
      return {
        label: 'Promote',
        consequences: [weightGoes(rollout, 100), ...skipped(rollout)],
        commentLabel: 'Why',
        harmful: true,
      };
    case 'abort':
      return {
        label: 'Abort',
        consequences: [backToStable(rollout), 'The rollout ends here; to try again, start a new one.'],
        commentLabel: 'Why',
        harmful: true,
      };
  }
}

function approvalDoes(rollout: Rollout): string[] {
  const step = rollout.steps[rollout.row.stepIndex];
  const next = nextDoes(rollout);
  if (step?.step.type === 'approval' && step.step.approvals === 1) return [`With it, ${next}`];
  return [`So far: ${step?.note || 'none'}.`, `Once enough people have approved, ${next}`];
}

/** What the steps after the present one do, up to the first that waits. */
function nextDoes(rollout: Rollout): string {
  const next = rollout.spec.steps[rollout.row.stepIndex + 1];
  if (next === undefined) return `the rollout completes: ${weightGoes(rollout, 100)}`;
  if (next.type === 'setWeight') return weightGoes(rollout, next.weight);
  return `step ${rollout.row.stepIndex + 2} follows: ${describeStep(next)}.`;
}

function weightGoes(rollout: Rollout, weight: number): string {
  const { row, spec } = rollout;
  const rate = rollout.stable.rate + rollout.candidate.rate;
  const requests = rate > 0 ? `, about ${formatRate((rate * weight) / 100)}` : '';
  return `${spec.candidate} goes from ${formatPercent(row.setWeight)} to ${formatPercent(weight)}${requests}.`;
}

function backToStable({ row, spec }: Rollout): string {
  return row.setWeight === 0
    ? `All traffic stays on ${spec.stable}.`
    : `All traffic returns to ${spec.stable} at once: ${spec.candidate} goes from ${formatPercent(row.setWeight)} to ${formatPercent(0)}.`;
}

function skipped(rollout: Rollout): string[] {
  const left = rollout.spec.steps.slice(rollout.row.stepIndex).filter((step) => step.type !== 'setWeight');
  return left.length === 0 ? [] : [`Skips ${listOf(left.map(describeStep), 4)}.`];
}

/** The action a person is most likely here for; it gets the loud button. */
export function mainAction(rollout: Rollout): RolloutActionName | null {
  switch (rollout.row.phase) {
    case 'waiting-approval':
      return 'approve';
    case 'waiting-resume':
    case 'paused':
      return 'resume';
    default:
      return null;
  }
}
