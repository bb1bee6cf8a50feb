import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type { DataPlaneStats } from '../data-plane.ts';
import { standingsOf } from './standings.ts';

/** What this process uses now, with those that carry its traffic; how it fares; what it thinks of those it calls. */
export function processGauges(
  { accepted, connected, activeRequests, endpoints, workers }: DataPlaneStats,
  state: { readonly localHealthy: boolean; readonly draining: boolean },
): NonNullable<ReportInput['gauges']> {
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: process.memoryUsage.rss() + (workers?.rssBytes ?? 0),
    cpuMs: (user + system) / 1_000 + (workers?.cpuMs ?? 0),
    connections: accepted + connected,
    activeRequests,
    ...state,
    standings: standingsOf(endpoints),
  };
}
