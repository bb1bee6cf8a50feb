import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type { DataPlaneStats } from '../data-plane.ts';

/** What this process uses now, with those that carry its traffic. */
export function processGauges(
  { accepted, connected, activeRequests, workers }: DataPlaneStats,
  localHealthy: boolean,
): NonNullable<ReportInput['gauges']> {
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: process.memoryUsage.rss() + (workers?.rssBytes ?? 0),
    cpuMs: (user + system) / 1_000 + (workers?.cpuMs ?? 0),
    connections: accepted + connected,
    activeRequests,
    localHealthy,
  };
}
