import * as z from 'zod/mini';
import { between } from './bounds.ts';
import { gatewayEntrySchema } from './gateway.ts';
import { withKnownKeys } from './known-keys.ts';
import {
  instanceNameSchema,
  portSchema,
  serviceNameSchema,
  trustDomainSchema,
  versionNameSchema,
  zoneSchema,
} from './names.ts';
import { policySchema } from './policy.ts';
import { routeRuleSchema } from './route.ts';
import { protocolSchema, tlsOriginationSchema } from './service.ts';
import { stickySchema } from './sticky.ts';
import { versionWeightSchema } from './traffic-split.ts';

/** One place where a service can be reached. */
export const endpointSchema = z.object({
  /** The instance's name; for static endpoints `host:port`. Keys its state across configurations. */
  id: z.string().check(z.minLength(1), z.maxLength(300)),
  version: versionNameSchema,
  host: z.string().check(z.minLength(1), z.maxLength(253)),
  port: portSchema,
  /** Whether to speak mutual TLS and expect the service's SPIFFE ID; false only for static endpoints. */
  tls: z.boolean(),
  /** Where it runs, when that was said. */
  zone: z.optional(zoneSchema),
  /** Its share beside others of its version; 1 when absent. */
  weight: z.optional(between(1, 1_000)),
});
export type Endpoint = z.infer<typeof endpointSchema>;

const policyFieldsSchema = z.omit(policySchema, { kind: true, service: true });

/**
 * All an agent needs to know of one service: the unit the API compiles, hashes and sends. Unknown keys of it and of its
 * policy are dropped, so that an older agent takes the views of a newer API. Those of rules and of a
 * gateway are not: a rule whose condition is not known would hold for more than was meant, so the agent refuses it and
 * keeps what it has.
 */
export const serviceViewSchema = z.object({
  service: serviceNameSchema,
  protocol: protocolSchema,
  port: portSchema,
  /** Shares of versions; undefined means that all endpoints are equal whatever their version. */
  weights: z.optional(z.array(versionWeightSchema).check(z.minLength(1))),
  sticky: z.optional(stickySchema),
  /** Rules for its requests, as declared; none means all go by the weights. */
  rules: z.optional(z.array(routeRuleSchema)),
  tlsOrigination: z.optional(tlsOriginationSchema),
  policy: z.pipe(
    z.transform((policy) => withKnownKeys(policyFieldsSchema, policy)),
    policyFieldsSchema,
  ),
  /** Names of services that may call it; undefined means every identity of the mesh. */
  allow: z.optional(z.array(z.string())),
  /** What agents of this service let in from outside of the mesh, by the host that is asked for. */
  gateway: z.optional(gatewayEntrySchema),
  endpoints: z.array(endpointSchema),
});
export type ServiceView = z.infer<typeof serviceViewSchema>;

/** What concerns every agent alike. */
export const meshViewSchema = z.object({
  trustDomain: trustDomainSchema,
  /** PEM of the roots to trust: one, or two while a root is rotated. */
  trustBundlePem: z.string(),
  /** Serials (lower-case hex) of certificates that are revoked and have not expired. */
  revokedSerials: z.array(z.string()),
  /** How often to report telemetry. */
  reportIntervalMs: z.int().check(z.minimum(100), z.maximum(60_000)),
});
export type MeshView = z.infer<typeof meshViewSchema>;

export const selfSchema = z.object({
  service: serviceNameSchema,
  version: versionNameSchema,
  instance: instanceNameSchema,
  zone: z.optional(zoneSchema),
});
/** The instance an agent stands for. */
export type Self = z.infer<typeof selfSchema>;
