import { z } from 'zod';
import { serviceNameSchema } from './names.ts';

const durationMs = (max: number) => z.int().min(1).max(max);

/** How calls to a service behave; every field has a default that is right for most services. */
export const policySchema = z.strictObject({
  kind: z.literal('Policy'),
  service: serviceNameSchema,
  timeouts: z
    .strictObject({
      connectMs: durationMs(60_000).default(1_000),
      /** From the first byte of the request to the last of the response; 0 means no limit. */
      requestMs: z.int().min(0).max(3_600_000).default(30_000),
      /** Without a byte in either direction. */
      idleMs: durationMs(3_600_000).default(60_000),
    })
    .prefault({}),
  retries: z
    .strictObject({
      /** Further attempts for requests that never reached the peer. */
      attempts: z.int().min(0).max(5).default(2),
    })
    .prefault({}),
  connections: z
    .strictObject({
      /** Per endpoint and agent. */
      max: z.int().min(1).max(10_000).default(128),
      /** Requests that may wait for a connection, per endpoint and agent. */
      maxPending: z.int().min(0).max(100_000).default(1_024),
    })
    .prefault({}),
});
export type Policy = z.infer<typeof policySchema>;

export function defaultPolicy(service: string): Policy {
  return policySchema.parse({ kind: 'Policy', service });
}
