import type { AnalysisRule, RolloutStep } from '@tulle/mesh/rollout/spec';

/** A step with a key of its own, so that focus and typing survive moves. */
export interface DraftStep {
  readonly key: string;
  readonly step: RolloutStep;
}

export const stepTypes = [
  'setWeight',
  'pause',
  'approval',
  'analysis',
] as const satisfies RolloutStep['type'][];

export const stepTypeLabels: Readonly<Record<RolloutStep['type'], string>> = {
  setWeight: 'Set weight',
  pause: 'Pause',
  approval: 'Approval',
  analysis: 'Analysis',
};

export const defaultRule: AnalysisRule = {
  minRequests: 100,
  minSuccessRate: 99,
  maxSuccessDrop: 1,
  maxP95Ratio: 2,
};

let lastKey = 0;

export function draftSteps(steps: readonly RolloutStep[]): DraftStep[] {
  return steps.map(draftStep);
}

function draftStep(step: RolloutStep): DraftStep {
  lastKey += 1;
  return { key: `step-${lastKey}`, step };
}

/** A new step that makes sense after the ones before it: a weight goes on where the last one stood. */
export function newStep(type: RolloutStep['type'], before: readonly DraftStep[]): DraftStep {
  switch (type) {
    case 'setWeight':
      return draftStep({ type, weight: nextWeight(lastWeight(before)) });
    case 'pause':
      return draftStep({ type, durationMs: 300_000 });
    case 'approval':
      return draftStep({ type, approvals: 1 });
    case 'analysis':
      return draftStep({
        type,
        durationMs: 60_000,
        timeoutMs: 600_000,
        rule: { ...defaultRule, ...thresholdsOf(before) },
      });
  }
}

function lastWeight(steps: readonly DraftStep[]): number {
  return steps.reduce((weight, { step }) => (step.type === 'setWeight' ? step.weight : weight), 0);
}

const ladder = [5, 10, 25, 50, 75, 100];

function nextWeight(weight: number): number {
  return ladder.find((rung) => rung > weight) ?? 100;
}

/** Moves a step by one place up (-1) or down (1); unchanged at the ends. */
export function moveStep(steps: readonly DraftStep[], key: string, by: -1 | 1): DraftStep[] {
  const from = steps.findIndex((entry) => entry.key === key);
  const to = from + by;
  const moved = steps[from];
  if (moved === undefined || to < 0 || to >= steps.length) return [...steps];
  const rest = steps.filter((entry) => entry.key !== key);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}

export function replaceStep(steps: readonly DraftStep[], key: string, step: RolloutStep): DraftStep[] {
  return steps.map((entry) => (entry.key === key ? { key, step } : entry));
}

export function removeStep(steps: readonly DraftStep[], key: string): DraftStep[] {
  return steps.filter((entry) => entry.key !== key);
}

/** What is asked of the candidate, the same at every analysis; how many requests it takes differs by step. */
export type Thresholds = Omit<AnalysisRule, 'minRequests'>;

export function thresholdsOf(steps: readonly DraftStep[]): Thresholds {
  const analysis = steps.map(({ step }) => step).find((step) => step.type === 'analysis');
  const { minRequests: _, ...thresholds } = analysis?.rule ?? defaultRule;
  return thresholds;
}

export function withThresholds(steps: readonly DraftStep[], thresholds: Thresholds): DraftStep[] {
  return steps.map(({ key, step }) =>
    step.type === 'analysis'
      ? { key, step: { ...step, rule: { minRequests: step.rule.minRequests, ...thresholds } } }
      : { key, step },
  );
}

/** Things worth saying before it starts that are no errors. */
export function cautions(steps: readonly RolloutStep[]): string[] {
  const found: string[] = [];
  const weights = steps.filter((step) => step.type === 'setWeight').map((step) => step.weight);
  const fall = weights.findIndex((weight, index) => index > 0 && weight < (weights[index - 1] ?? 0));
  if (fall > 0) found.push(`The weight goes down again, from ${weights[fall - 1]} % to ${weights[fall]} %.`);
  if (!steps.some((step) => step.type === 'analysis' || step.type === 'approval'))
    found.push('Nothing checks the candidate: no analysis and no approval stands in the way.');
  if (steps.findIndex((step) => step.type === 'analysis') === 0)
    found.push('The first analysis comes before any weight, so the candidate may have no requests to judge.');
  return found;
}
