import * as z from 'zod/mini';
import { portSchema, serviceNameSchema, versionNameSchema } from './names.ts';

export const protocolSchema = z.enum(['http', 'http2', 'grpc', 'tcp']);
export type Protocol = z.infer<typeof protocolSchema>;

/** A copy of a service that runs without an agent (a database, a legacy host): reached in plain text. */
export const staticEndpointSchema = z.strictObject({
  host: z.string().check(z.minLength(1), z.maxLength(253)),
  port: portSchema,
  version: z._default(versionNameSchema, 'v1'),
});

/** What the mesh knows of a service beside its running instances. */
export const serviceSchema = z.strictObject({
  kind: z.literal('Service'),
  name: serviceNameSchema,
  protocol: z._default(protocolSchema, 'http'),
  /** The port callers know it by; instances listen where they like. */
  port: z._default(portSchema, 80),
  description: z._default(z.string().check(z.maxLength(500)), ''),
  owner: z._default(z.string().check(z.maxLength(100)), ''),
  labels: z._default(z.record(z.string().check(z.maxLength(63)), z.string().check(z.maxLength(253))), {}),
  endpoints: z._default(z.array(staticEndpointSchema).check(z.maxLength(1000)), []),
});
export type Service = z.infer<typeof serviceSchema>;
