import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf, formatPercent, formatRate, listOf } from '@tulle/mesh/format';
import { describeStep } from '@tulle/mesh/rollout/describe';
import type { RolloutActionName } from '@tulle/mesh/rollout/spec';

export type Rollout = RouterOutputs['rollouts']['get'];

export interface ActionWords {
  /** A verb, as on the button: `Approve step 4`. */
  readonly label: string;
  /** What will happen, a sentence each. */
  readonly consequences: readonly string[];
  readonly commentLabel: string;
  readonly commentRequired?: boolean;
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
        consequences: [...approvalDoes(rollout), ...waitsForFreeze(rollout)],
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
          ...waitsForFreeze(rollout),
        ],
        commentLabel: 'Comment',
        harmful: false,
      };
    case 'promote':
      return {
        label: 'Promote',
        consequences: [
          weightGoes(rollout, 100),
          ...skipped(rollout),
          ...(rollout.freeze === null
            ? []
            : [`${frozenUntil(rollout.freeze)} this takes effect afterwards.`]),
        ],
        commentLabel: 'Why',
        harmful: true,
      };
    case 'goOn':
      return {
        label: 'Go on now',
        consequences: [
          weightGoes(rollout, heldWeight(rollout)),
          'It goes through the freeze, and the timeline says who let it and why.',
          ...(step < row.steps ? ['Only this step: a later one that gives more traffic waits again.'] : []),
        ],
        commentLabel: 'Why now',
        commentRequired: true,
        harmful: false,
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
  const { step } = rollout.steps[rollout.row.stepIndex] ?? {};
  const { approvedBy } = rollout;
  const next = nextDoes(rollout);
  const has = approvedBy.length === 1 ? 'has' : 'have';
  const soFar = approvedBy.length === 0 ? [] : [`${listOf(approvedBy)} ${has} approved already.`];
  const open = step?.type === 'approval' ? step.approvals - approvedBy.length - 1 : 0;
  if (open <= 0) return [...soFar, `With yours, ${next}`];
  return [...soFar, `After yours it needs ${countOf(open, 'more person', 'more people')}; then ${next}`];
}

/** The share that the candidate gets when the freeze is over. */
export function heldWeight({ row, spec }: Pick<Rollout, 'row' | 'spec'>): number {
  const step = spec.steps[row.stepIndex];
  return step?.type === 'setWeight' ? step.weight : 100;
}

/** What is decided now and would give the candidate more begins only after the freeze that is on. */
function waitsForFreeze({ row, spec, freeze }: Rollout): string[] {
  if (freeze === null || row.phase === 'paused') return [];
  const next = spec.steps[row.stepIndex + 1] ?? { type: 'setWeight', weight: 100 };
  if (next.type !== 'setWeight' || next.weight <= row.setWeight) return [];
  return [`${frozenUntil(freeze)} this takes effect afterwards.`];
}

function frozenUntil({ end, reason }: NonNullable<Rollout['freeze']>): string {
  return `Frozen until ${end}${reason === '' ? '' : ` (${reason})`}:`;
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
