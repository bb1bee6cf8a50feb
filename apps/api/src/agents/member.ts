import type { Agent } from '@tulle/prisma/generated/client';
import { z } from 'zod';

/** The state of an agent's process, as it last reported it. */
export const storedGaugesSchema = z.object({
  rssBytes: z.number(),
  /** Of one core, since the report before; null for the first. */
  cpuPercent: z.number().nullable(),
  connections: z.number(),
  activeRequests: z.number(),
  localHealthy: z.boolean(),
  /** Absent in what agents of former versions say. */
  draining: z.optional(z.boolean()),
  /** Endpoints of other services that it does not use as the others, and until when. */
  standings: z.optional(
    z.array(
      z.object({
        service: z.string(),
        endpoint: z.string(),
        state: z.string(),
        reason: z.string(),
        until: z.number().nullable(),
      }),
    ),
  ),
});
export type StoredGauges = z.infer<typeof storedGaugesSchema>;

/** One agent as every replica holds it in memory; replaced as a whole, never changed. */
export interface Member {
  readonly id: string;
  readonly instance: string;
  readonly service: string;
  readonly version: string;
  readonly agentVersion: string;
  readonly host: string;
  readonly inbound: { readonly host: string; readonly port: number } | null;
  /** Where it runs; '' when it did not say. */
  readonly zone: string;
  readonly connected: boolean;
  /** The replica that holds or held its session. */
  readonly replica: string | null;
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly leftAt: number | null;
  readonly revokedAt: number | null;
  readonly revokedReason: string | null;
  readonly renewAskedAt: number | null;
  readonly revision: number;
  readonly rejectedReason: string | null;
  readonly gauges: StoredGauges | null;
}

export function memberOf(row: Agent): Member {
  const gauges = storedGaugesSchema.safeParse(row.gauges);
  return {
    id: row.id,
    instance: row.instance,
    service: row.service,
    version: row.version,
    agentVersion: row.agentVersion,
    host: row.host,
    inbound:
      row.inboundHost !== null && row.inboundPort !== null
        ? { host: row.inboundHost, port: row.inboundPort }
        : null,
    zone: row.zone,
    connected: row.connected,
    replica: row.replica,
    startedAt: (row.startedAt ?? row.createdAt).getTime(),
    lastSeenAt: row.lastSeenAt.getTime(),
    leftAt: row.leftAt?.getTime() ?? null,
    revokedAt: row.revokedAt?.getTime() ?? null,
    revokedReason: row.revokedReason,
    renewAskedAt: row.renewAskedAt?.getTime() ?? null,
    revision: row.revision,
    rejectedReason: row.rejectedReason,
    gauges: gauges.success ? gauges.data : null,
  };
}
