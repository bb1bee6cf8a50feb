import { formatDuration, formatPercent, formatRate } from '@tulle/mesh/format';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';

/** What each step will mean, in one sentence; `rate` is the service's requests per second now. */
export function previewSentences(
  steps: readonly RolloutStep[],
  names: { stable: string; candidate: string },
  rate: number,
): string[] {
  return steps.map((step) => sentenceOf(step, names, rate));
}

function sentenceOf(
  step: RolloutStep,
  { stable, candidate }: { stable: string; candidate: string },
  rate: number,
): string {
  switch (step.type) {
    case 'setWeight': {
      if (!Number.isFinite(step.weight)) return 'Sets a weight.';
      const requests = rate > 0 ? `, about ${formatRate((rate * step.weight) / 100)}` : '';
      return `Gives ${candidate} ${formatPercent(step.weight)} of the traffic${requests}.`;
    }
    case 'pause':
      return step.durationMs === undefined
        ? 'Waits until somebody resumes it.'
        : `Waits ${duration(step.durationMs)}.`;
    case 'approval':
      return step.approvals === 1
        ? 'Waits until a person approves.'
        : `Waits until ${step.approvals} people approve.`;
    case 'analysis':
      return `Looks at ${candidate} for ${duration(step.durationMs)} and at least ${step.rule.minRequests} requests; if it does worse, all traffic returns to ${stable}.`;
  }
}

function duration(ms: number): string {
  return Number.isFinite(ms) ? formatDuration(ms) : 'some time';
}

/** The shortest time it can take, without the time people need. */
export function shortestMs(steps: readonly RolloutStep[]): number {
  return steps.reduce((sum, step) => {
    const ms = step.type === 'analysis' || step.type === 'pause' ? (step.durationMs ?? 0) : 0;
    return sum + (Number.isFinite(ms) ? ms : 0);
  }, 0);
}
