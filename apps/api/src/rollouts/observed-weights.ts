import type { TelemetryStore } from '../telemetry/store.ts';
import type { StoredRollout } from './rollout-store.ts';
import { observedShare } from './row-view.ts';

/** Rollups are kept in buckets of these lengths; the finest that keeps the answer small is taken. */
const stepsMs = [1_000, 10_000, 60_000] as const;
const maxBuckets = 400;
const maxSpanMs = 86_400_000;

/**
 * What the wire said while each weight was in force, in percent, by the index of its step: from the moment it was
 * applied until the next weight was, or the end. Steps without any request in that time are left out.
 */
export async function observeWeights(
  { spec, state, finishedAt }: StoredRollout,
  telemetry: Pick<TelemetryStore, 'buckets'>,
  now: number,
): Promise<ReadonlyMap<number, number>> {
  const weights = state.visited.filter(
    ({ stepIndex, endedAt }) => endedAt !== null && spec.steps[stepIndex]?.type === 'setWeight',
  );
  const [first] = weights;
  if (first?.endedAt == null) return new Map();
  const to = finishedAt ?? state.outcome?.at ?? now;
  const from = Math.max(first.endedAt, to - maxSpanMs);
  const stepMs = stepsMs.find((length) => (to - from) / length <= maxBuckets) ?? 60_000;
  if (to <= from) return new Map();
  const buckets = await telemetry.buckets({ from, to, stepMs }, { destination: spec.service });

  const observed = new Map<number, number>();
  for (const [place, visit] of weights.entries()) {
    const since = visit.endedAt ?? to;
    const until = weights[place + 1]?.startedAt ?? to;
    // Whole buckets only: one that holds the change itself belongs to neither weight.
    const edges = buckets
      .filter(({ at }) => at >= since && at + stepMs <= until)
      .flatMap((bucket) => bucket.edges);
    const share = observedShare(edges, spec.candidate);
    if (share !== undefined) observed.set(visit.stepIndex, share);
  }
  return observed;
}
