import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type { DataPlaneStats } from '../data-plane.ts';

/** What this process uses now. */
export function processGauges(
  { accepted, connected, activeRequests }: DataPlaneStats,
  localHealthy: boolean,
): NonNullable<ReportInput['gauges']> {
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1_000,
    connections: accepted + connected,
    activeRequests,
    localHealthy,
  };
}
