import * as z from 'zod/mini';
import { serviceNameSchema } from './names.ts';

const between = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

const timeoutsSchema = z.strictObject({
  connectMs: z._default(between(1, 60_000), 1_000),
  /** From the first byte of the request to the last of the response; 0 means no limit. */
  requestMs: z._default(between(0, 3_600_000), 30_000),
  /** Without a byte in either direction. */
  idleMs: z._default(between(1, 3_600_000), 60_000),
});

const retriesSchema = z.strictObject({
  /** Further attempts for requests that never reached the peer. */
  attempts: z._default(between(0, 5), 2),
});

const connectionsSchema = z.strictObject({
  /** Per endpoint and agent. */
  max: z._default(between(1, 10_000), 128),
  /** Requests that may wait for a connection, per endpoint and agent. */
  maxPending: z._default(between(0, 100_000), 1_024),
});

/** How calls to a service behave; every field has a default that is right for most services. */
export const policySchema = z.strictObject({
  kind: z.literal('Policy'),
  service: serviceNameSchema,
  timeouts: z.prefault(timeoutsSchema, {}),
  retries: z.prefault(retriesSchema, {}),
  connections: z.prefault(connectionsSchema, {}),
});
export type Policy = z.infer<typeof policySchema>;

export function defaultPolicy(service: string): Policy {
  return policySchema.parse({ kind: 'Policy', service });
}
