import * as z from 'zod/mini';
import { between } from './bounds.ts';
import { portSchema, serviceNameSchema, versionNameSchema, zoneSchema } from './names.ts';

/**
 * What the service itself speaks: HTTP/1.1, HTTP/2 with prior knowledge, gRPC (which is HTTP/2), bytes, or TLS that is
 * passed through by its server name.
 */
export const protocolSchema = z.enum(['http', 'http2', 'grpc', 'tcp', 'tls']);
export type Protocol = z.infer<typeof protocolSchema>;

/** A copy of a service that runs without an agent (a database, a legacy host): reached in plain text. */
export const staticEndpointSchema = z.strictObject({
  host: z.string().check(z.minLength(1), z.maxLength(253)),
  port: portSchema,
  version: z._default(versionNameSchema, 'v1'),
  /** Compared with the zone of the calling agent. */
  zone: z._default(zoneSchema, ''),
  /** Its share beside the other endpoints of its version. */
  weight: z._default(between(1, 1_000), 1),
});

/** TLS to endpoints outside of the mesh, by the public authorities or those given. */
export const tlsOriginationSchema = z.strictObject({
  /** Name in SNI and in the certificate; empty means the endpoint's host. */
  serverName: z._default(z.string().check(z.maxLength(253)), ''),
  /** PEM of the authorities to trust; empty means those of the system. */
  caPem: z._default(z.string().check(z.maxLength(65_536)), ''),
});
export type TlsOrigination = z.infer<typeof tlsOriginationSchema>;

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
  /** The endpoints speak TLS with certificates that are not the mesh's: an external service. */
  tlsOrigination: z.optional(tlsOriginationSchema),
});
export type Service = z.infer<typeof serviceSchema>;
