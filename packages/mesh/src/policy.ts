import * as z from 'zod/mini';
import { between, percentSchema } from './bounds.ts';
import { healthCheckSchema } from './health-check.ts';
import { loadBalancerSchema } from './load-balancer.ts';
import { serviceNameSchema } from './names.ts';
import { outlierDetectionSchema } from './outlier-detection.ts';
import { rateLimitsSchema } from './rate-limit.ts';
import { retriesSchema } from './retries.ts';

const timeoutsSchema = z
  .strictObject({
    connectMs: z._default(between(1, 60_000), 1_000),
    /**
     * From the first byte of the request to the last of the response, all tries together; 0 means no limit. Of gRPC calls
     * and server-sent events it limits the time until the head, so that streams can go on.
     */
    requestMs: z._default(between(0, 3_600_000), 30_000),
    /** One try, until the head of its response; 0 means no limit but that of the request. */
    perTryMs: z._default(between(0, 3_600_000), 0),
    /** Without a byte in either direction. */
    idleMs: z._default(between(1, 3_600_000), 300_000),
    /** The same for connections of `tcp` and `tls` services, which rest between transactions; 0 means no limit. */
    tcpIdleMs: z._default(between(0, 86_400_000), 3_600_000),
    /** A connection older than this takes no further request; 0 means no limit. */
    maxConnectionAgeMs: z._default(between(0, 86_400_000), 0),
  })
  .check(
    z.refine(({ requestMs, perTryMs }) => requestMs === 0 || perTryMs <= requestMs, {
      path: ['perTryMs'],
      error: 'one try cannot take longer than the whole request (requestMs)',
    }),
  );

/** Circuit limits: what is beyond them is refused at once with `overloaded`, per agent. */
const connectionsSchema = z.strictObject({
  /** Connections to one endpoint. */
  max: z._default(between(1, 10_000), 1_024),
  /** Requests that may wait for a connection to one endpoint. */
  maxPending: z._default(between(0, 100_000), 1_024),
  /** Requests in flight to the service, all endpoints together; 0 means no limit. */
  maxRequests: z._default(between(0, 1_000_000), 0),
});

/** Between agents: `http2` multiplexes requests on few connections, `http1` is for peers that speak nothing else. */
export const hopProtocolSchema = z.enum(['http2', 'http1']);
export type HopProtocol = z.infer<typeof hopProtocolSchema>;

/** Sheds load where it arrives: the limit on requests in flight follows the latency of the local service. */
const concurrencySchema = z
  .strictObject({
    adaptive: z._default(z.boolean(), false),
    min: z._default(between(1, 100_000), 8),
    max: z._default(between(1, 1_000_000), 1_000),
  })
  .check(z.refine(({ min, max }) => min <= max, { path: ['min'], error: 'min is above max' }));

export const accessLogModes = ['off', 'errors', 'sampled', 'all'] as const;

/** Which requests to the service leave a line in the agents' access logs, and a span. */
const observabilitySchema = z.strictObject({
  accessLog: z._default(z.enum(accessLogModes), 'off'),
  /** Share of requests that `sampled` writes down. */
  accessLogPercent: z._default(percentSchema, 1),
  /** Share of requests without a trace of their own for which one is begun as sampled. */
  tracePercent: z._default(percentSchema, 1),
});

/** How calls to a service behave; every field has a default that is right for most services. */
export const policySchema = z.strictObject({
  kind: z.literal('Policy'),
  service: serviceNameSchema,
  hop: z._default(hopProtocolSchema, 'http2'),
  timeouts: z.prefault(timeoutsSchema, {}),
  retries: z.prefault(retriesSchema, {}),
  connections: z.prefault(connectionsSchema, {}),
  loadBalancer: z.prefault(loadBalancerSchema, {}),
  outlierDetection: z.prefault(outlierDetectionSchema, {}),
  /** Asked actively by callers' agents; without it endpoints are judged by what requests meet. */
  healthCheck: z.optional(healthCheckSchema),
  /** Held by the agent of the service for what comes in. */
  rateLimits: z._default(rateLimitsSchema, []),
  concurrency: z.prefault(concurrencySchema, {}),
  observability: z.prefault(observabilitySchema, {}),
});
export type Policy = z.infer<typeof policySchema>;
/** What agents need of it. */
export type PolicyFields = Omit<Policy, 'kind' | 'service'>;

export function defaultPolicy(service: string): Policy {
  return policySchema.parse({ kind: 'Policy', service });
}
