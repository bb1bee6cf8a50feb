import * as z from 'zod/mini';
import { between, cookieNameSchema, headerNameSchema, percentSchema } from './bounds.ts';

/** What of a request decides where it goes, when the same must go to the same place. */
export const hashKeySchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('header'), name: headerNameSchema }),
  z.strictObject({ by: z.literal('cookie'), name: cookieNameSchema }),
  /** The identity of the calling service; at a gateway the address of the client. */
  z.strictObject({ by: z.literal('source') }),
]);
export type HashKey = z.infer<typeof hashKeySchema>;

export const balancingAlgorithms = [
  'peakEwma',
  'leastRequest',
  'roundRobin',
  'random',
  'consistentHash',
] as const;
export type BalancingAlgorithm = (typeof balancingAlgorithms)[number];

export const loadBalancerSchema = z
  .strictObject({
    algorithm: z._default(z.enum(balancingAlgorithms), 'peakEwma'),
    /** Needed by `consistentHash`; requests without the key are spread at random. */
    hashKey: z.optional(hashKeySchema),
    /** Bounded loads (Mirrokni et al. 2016): no endpoint takes more than this multiple of the average, in percent. */
    maxLoadPercent: z._default(between(100, 1_000), 125),
    /** A new endpoint reaches its full share after this time; 0 gives it at once. */
    slowStartMs: z._default(between(0, 3_600_000), 0),
    /** Each agent uses only so many endpoints of a version, all agents together use all evenly; 0 means all. */
    subsetSize: z._default(between(0, 10_000), 0),
    /** Endpoints of the caller's own zone come first, as long as this share of them is usable; 0 ignores zones. */
    localityPercent: z._default(percentSchema, 0),
    /** When less than this share is usable, health is ignored: better some errors than all load on the last few. */
    panicPercent: z._default(percentSchema, 50),
  })
  .check(
    z.refine(({ algorithm, hashKey }) => algorithm !== 'consistentHash' || hashKey !== undefined, {
      path: ['hashKey'],
      error: 'consistentHash needs a hashKey: say by which header or cookie, or by source',
    }),
  );
export type LoadBalancer = z.infer<typeof loadBalancerSchema>;
