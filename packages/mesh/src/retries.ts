import * as z from 'zod/mini';
import { between, percentSchema } from './bounds.ts';

/**
 * What a try may be repeated for. A request that never reached its peer is always repeated while attempts are left;
 * everything else only when the method allows it.
 * - `reset`: the peer closed or reset before the head of an answer.
 * - `timeout`: the try ended by `perTryMs`.
 * - `gateway-error`: 502, 503, 504. `server-error`: every 5xx. `conflict`: 409. `rate-limited`: 429.
 * - `unavailable` and the like: gRPC statuses.
 */
export const retryConditions = [
  'reset',
  'timeout',
  'gateway-error',
  'server-error',
  'conflict',
  'rate-limited',
  'cancelled',
  'deadline-exceeded',
  'resource-exhausted',
  'aborted',
  'internal',
  'unavailable',
] as const;
export type RetryCondition = (typeof retryConditions)[number];

export const retriesSchema = z
  .strictObject({
    /** Tries beyond the first. */
    attempts: z._default(between(0, 10), 2),
    on: z._default(z.array(z.enum(retryConditions)).check(z.maxLength(20)), ['reset']),
    /** Which methods may be sent twice: those RFC 9110 section 9.2.2 calls idempotent, or all, when the service says it is safe. */
    methods: z._default(z.enum(['idempotent', 'all']), 'idempotent'),
    /** Full jitter: before try n a random time up to min(maxMs, baseMs * 2^(n-1)). 0 means at once. */
    backoffBaseMs: z._default(between(0, 60_000), 25),
    backoffMaxMs: z._default(between(0, 60_000), 250),
    /** Retries may add this share to the live requests of the last ten seconds … */
    budgetPercent: z._default(percentSchema, 20),
    /** … and always this many a second, so that a quiet service can retry at all. */
    budgetMinPerSecond: z._default(between(0, 10_000), 10),
    /** A longer request body is not kept for another try. */
    maxBodyBytes: z._default(between(0, 1_048_576), 65_536),
  })
  .check(
    z.refine(({ backoffBaseMs, backoffMaxMs }) => backoffBaseMs <= backoffMaxMs, {
      path: ['backoffBaseMs'],
      error: 'backoffBaseMs is above backoffMaxMs',
    }),
  );
export type Retries = z.infer<typeof retriesSchema>;
