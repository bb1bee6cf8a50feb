import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type { DataPlaneStats } from '../data-plane.ts';
import { standingsOf } from './standings.ts';

/** What this process uses now, with those that carry its traffic; how it fares; what it thinks of those it calls. */
export function processGauges(
  stats: DataPlaneStats,
  state: { readonly localHealthy: boolean; readonly draining: boolean },
): NonNullable<ReportInput['gauges']> {
  const { accepted, connected, activeRequests, endpoints } = stats;
  return {
    ...usedBy(stats),
    connections: accepted + connected,
    activeRequests,
    ...state,
    standings: standingsOf(endpoints),
  };
}

/** Memory, and time of the processor since the agent began: of this process and those that carry its traffic. */
export function usedBy({ workers }: DataPlaneStats): { rssBytes: number; cpuMs: number } {
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: process.memoryUsage.rss() + (workers?.rssBytes ?? 0),
    cpuMs: (user + system) / 1_000 + (workers?.cpuMs ?? 0),
  };
}
