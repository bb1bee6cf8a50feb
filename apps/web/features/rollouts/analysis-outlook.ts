import { countOf, formatDuration, formatRate } from '@tulle/mesh/format';
import type { Rollout } from './action-words';

/** As much of a rollout as an outlook is made of. */
export interface Outlooked {
  readonly row: Pick<Rollout['row'], 'phase' | 'stepIndex'>;
  readonly spec: Pick<Rollout['spec'], 'stable' | 'candidate' | 'steps'>;
  readonly steps: readonly Pick<Rollout['steps'][number], 'startedAt'>[];
  readonly verdict: { readonly checks: readonly { readonly requests: number }[] } | null;
  readonly candidate: Pick<Rollout['candidate'], 'rate'>;
}

/**
 * When a running analysis will have the requests it needs, at the rate of the last minute, in a sentence; null while
 * it lacks none. `isLate` when it would give up before, and return all traffic to stable.
 */
export function analysisOutlook(rollout: Outlooked, now: number): { words: string; isLate: boolean } | null {
  const { row, spec, steps, verdict, candidate } = rollout;
  const step = spec.steps[row.stepIndex];
  const startedAt = steps[row.stepIndex]?.startedAt ?? null;
  if (row.phase !== 'analysing' || step?.type !== 'analysis' || startedAt === null) return null;
  const missing = step.rule.minRequests - (verdict?.checks[0]?.requests ?? 0);
  if (missing <= 0) return null;
  const leftMs = Math.max(0, startedAt + Math.max(step.timeoutMs, step.durationMs) - now);
  const end = `after ${formatDuration(leftMs)} it gives up, and all traffic returns to ${spec.stable}`;
  if (candidate.rate === 0)
    return { words: `${spec.candidate} had no request in the last minute; ${end}.`, isLate: true };
  const neededMs = (missing / candidate.rate) * 1_000;
  const more = `${countOf(missing, 'more request', 'more requests')} of ${spec.candidate}`;
  const pace = `at ${formatRate(candidate.rate)}, ${more} take about ${formatDuration(neededMs)}`;
  return neededMs > leftMs
    ? { words: `Too few requests: ${pace}, but ${end}.`, isLate: true }
    : { words: `${pace.charAt(0).toUpperCase()}${pace.slice(1)}.`, isLate: false };
}
