import { emptyCounts, mergeCounts } from '@tulle/mesh/histogram';
import type { ArmCounters } from '@tulle/mesh/rollout/judge';
import type { Rollout } from '@tulle/mesh/rollout/state';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';

/** What stable and candidate did since the step began. The machine moves that beginning on by the time spent paused. */
export async function measureArms(
  telemetry: Pick<TelemetryStore, 'edges'>,
  { spec, state }: Rollout,
  now: number,
): Promise<{ stable: ArmCounters; candidate: ArmCounters }> {
  const span = { from: state.stepStartedAt, to: Math.max(now, state.stepStartedAt) };
  const edges = await telemetry.edges(span, { destination: spec.service });
  return { stable: armOf(edges, spec.stable), candidate: armOf(edges, spec.candidate) };
}

function armOf(edges: readonly EdgeCounters[], version: string): ArmCounters {
  return edges
    .filter((edge) => edge.version === version)
    .reduce<ArmCounters>(
      (arm, edge) => ({
        requests: arm.requests + edge.requests,
        errors: arm.errors + edge.serverErrors + edge.meshErrors,
        latency: mergeCounts(arm.latency, edge.latency),
      }),
      { requests: 0, errors: 0, latency: emptyCounts },
    );
}
