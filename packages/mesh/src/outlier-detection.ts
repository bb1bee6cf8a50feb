import * as z from 'zod/mini';
import { between, percentSchema } from './bounds.ts';

/** When an endpoint is left out because of how it answered. 0 switches a criterion off. */
export const outlierDetectionSchema = z
  .strictObject({
    /** So many 5xx, resets, timeouts or failing gRPC statuses in a row. */
    consecutiveFailures: z._default(between(0, 1_000), 5),
    /** Success rate of an interval more than this many percent below that of the other endpoints. */
    successRateBelowPercent: z._default(percentSchema, 30),
    /** Median latency of an interval above this multiple of that of the other endpoints, in percent. */
    latencyAbovePercent: z._default(between(0, 100_000), 0),
    /** An endpoint with fewer requests in the interval is not compared. */
    minRequests: z._default(between(1, 100_000), 50),
    intervalMs: z._default(between(100, 600_000), 10_000),
    /** The first time; each further ejection in a row is twice as long. */
    baseEjectionMs: z._default(between(100, 3_600_000), 5_000),
    maxEjectionMs: z._default(between(100, 3_600_000), 300_000),
    /** Of the endpoints of a version; one may always be ejected when there are two or more. */
    maxEjectedPercent: z._default(percentSchema, 50),
  })
  .check(
    z.refine(({ baseEjectionMs, maxEjectionMs }) => baseEjectionMs <= maxEjectionMs, {
      path: ['baseEjectionMs'],
      error: 'baseEjectionMs is above maxEjectionMs',
    }),
  );
export type OutlierDetection = z.infer<typeof outlierDetectionSchema>;
