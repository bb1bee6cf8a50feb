import * as z from 'zod/mini';
import { between } from './bounds.ts';

/** Asked over the same connections as requests, so that the answer speaks for the whole way. */
export const healthCheckSchema = z
  .strictObject({
    type: z._default(z.enum(['http', 'grpc', 'tcp']), 'http'),
    /** For `http`: what is asked for; every 2xx and 3xx is healthy. */
    path: z._default(
      z.string().check(z.maxLength(1_000), z.regex(/^\/[!-"$-~]*$/, 'a path that begins with /')),
      '/',
    ),
    /** For `grpc`: the service name in grpc.health.v1.Health/Check; empty asks for the whole server. */
    grpcService: z._default(z.string().check(z.maxLength(200)), ''),
    intervalMs: z._default(between(100, 600_000), 10_000),
    timeoutMs: z._default(between(10, 60_000), 1_000),
    unhealthyAfter: z._default(between(1, 100), 3),
    healthyAfter: z._default(between(1, 100), 2),
  })
  .check(
    z.refine(({ timeoutMs, intervalMs }) => timeoutMs <= intervalMs, {
      path: ['timeoutMs'],
      error: 'a check must end before the next one begins (intervalMs)',
    }),
  );
export type HealthCheck = z.infer<typeof healthCheckSchema>;
