import { z } from 'zod';
import { portSchema, serviceNameSchema, versionNameSchema } from './names.ts';

export const protocolSchema = z.enum(['http', 'http2', 'grpc', 'tcp']);
export type Protocol = z.infer<typeof protocolSchema>;

/** A copy of a service that runs without an agent (a database, a legacy host): reached in plain text. */
export const staticEndpointSchema = z.strictObject({
  host: z.string().min(1).max(253),
  port: portSchema,
  version: versionNameSchema.default('v1'),
});

/** What the mesh knows of a service beside its running instances. */
export const serviceSchema = z.strictObject({
  kind: z.literal('Service'),
  name: serviceNameSchema,
  protocol: protocolSchema.default('http'),
  /** The port callers know it by; instances listen where they like. */
  port: portSchema.default(80),
  description: z.string().max(500).default(''),
  owner: z.string().max(100).default(''),
  labels: z.record(z.string().max(63), z.string().max(253)).default({}),
  endpoints: z.array(staticEndpointSchema).max(1000).default([]),
});
export type Service = z.infer<typeof serviceSchema>;
