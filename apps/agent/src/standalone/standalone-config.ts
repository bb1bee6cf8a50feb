import { between } from '@tulle/mesh/bounds';
import { gatewayEntrySchema } from '@tulle/mesh/gateway';
import {
  portSchema,
  serviceNameSchema,
  trustDomainSchema,
  versionNameSchema,
  zoneSchema,
} from '@tulle/mesh/names';
import { policySchema } from '@tulle/mesh/policy';
import { routeRulesSchema } from '@tulle/mesh/route';
import { protocolSchema, tlsOriginationSchema } from '@tulle/mesh/service';
import { stickySchema } from '@tulle/mesh/sticky';
import { weightsSchema } from '@tulle/mesh/traffic-split';
import * as z from 'zod/mini';
import { isLoggable } from '../access-log/log-fields.ts';
import type { Address } from '../data-plane.ts';
import { httpUrl } from '../lifecycle/options.ts';
import { contradictions } from './contradictions.ts';

const form = 'write it as host:port, for instance 127.0.0.1:8080';

/** `host:port`, `[v6]:port`, or only a port on loopback. */
function readAddress(text: string): Address | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const host = (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  return { host, port: Number(match[2]) };
}

function addressSchema(lowestPort: 0 | 1) {
  return z.pipe(
    z.union([z.string(), z.int()], { error: form }),
    z.transform((value, context): Address => {
      const address = readAddress(String(value));
      if (address !== undefined && address.port >= lowestPort && address.port <= 65_535) return address;
      context.issues.push({ code: 'custom', message: form, input: value });
      return z.NEVER;
    }),
  );
}

/** Where to listen; port 0 takes a free one. */
const listenAddress = addressSchema(0);
const peerAddress = addressSchema(1);

const endpoint = z.strictObject({
  address: peerAddress,
  version: z._default(versionNameSchema, 'v1'),
  /** Mutual TLS to an agent there; plain text to the service itself without. */
  tls: z._default(z.boolean(), false),
  zone: z.optional(zoneSchema),
  weight: z.optional(between(1, 1_000)),
});

/** `{v1: 70, v2: 30}` in the order written. */
const split = z.pipe(
  z.pipe(
    z.record(versionNameSchema, z.number()),
    z.transform((weights) => Object.entries(weights).map(([version, weight]) => ({ version, weight }))),
  ),
  weightsSchema,
);

/** The fields of a Policy stand beside those of the service, without a level of their own. */
const { kind: _kind, service: _service, ...policyFields } = policySchema.shape;

const service = z.strictObject({
  protocol: z._default(protocolSchema, 'http'),
  port: z._default(portSchema, 80),
  endpoints: z.array(endpoint).check(z.maxLength(1_000)),
  split: z.optional(split),
  sticky: z.optional(stickySchema),
  /** As in a Route. */
  rules: z.optional(routeRulesSchema),
  ...policyFields,
  tlsOrigination: z.optional(tlsOriginationSchema),
  /** Who may call it; matters on the agent that stands for it. */
  allow: z.optional(z.array(z.union([serviceNameSchema, z.literal('*')]))),
});

const atLeast1 = z.int().check(z.minimum(1));
const limits = z.strictObject({
  maxConnections: z.optional(atLeast1),
  headTimeoutMs: z.optional(atLeast1),
  callerIdleTimeoutMs: z.optional(atLeast1),
  poolIdleTimeoutMs: z.optional(atLeast1),
});

const file = z.string().check(z.minLength(1));

/** As the flags of the same names; what is written down of which requests is said by each service. */
const observability = z.strictObject({
  accessLog: z.optional(file),
  accessLogFields: z.optional(
    z
      .array(z.string().check(z.refine(isLoggable, 'the access log has no such field')))
      .check(z.minLength(1), z.maxLength(100)),
  ),
  otlpEndpoint: z.optional(httpUrl),
});
const serial = z.string().check(z.regex(/^[0-9a-fA-F]{1,64}$/, 'hexadecimal digits'));
const identity = z.strictObject({
  trustDomain: trustDomainSchema,
  certificate: file,
  key: file,
  trustBundle: file,
  revokedSerials: z._default(z.array(serial), []),
});

/** What comes in on the ports of the gateway. Files are relative to this one. */
const gateway = z.strictObject({
  certificates: z._default(
    z.array(z.strictObject({ certificate: file, key: file })).check(z.maxLength(1_000)),
    [],
  ),
  ...gatewayEntrySchema.shape,
});

export const standaloneConfigSchema = z
  .strictObject({
    self: z.strictObject({
      service: serviceNameSchema,
      version: z._default(versionNameSchema, 'v1'),
      zone: z.optional(zoneSchema),
    }),
    listen: z.strictObject({
      outbound: z.optional(listenAddress),
      upstreams: z._default(z.record(serviceNameSchema, listenAddress), {}),
      inbound: z.optional(listenAddress),
      /** Metrics, state and diagnostics, on loopback. */
      admin: z.optional(between(0, 65_535)),
      /** DNS for `*.mesh`; with it every service is listened for at a loopback address of its own. */
      dns: z.optional(listenAddress),
      /** TLS to any service that its ClientHello names. */
      tlsPassthrough: z.optional(listenAddress),
      /** For whoever is outside of the mesh; see `gateway`. */
      gatewayHttp: z.optional(listenAddress),
      gatewayHttps: z.optional(listenAddress),
    }),
    /** Where the service of this agent listens. */
    local: z.optional(peerAddress),
    /** Files, relative to this one. With them the inbound port speaks mutual TLS only. */
    identity: z.optional(identity),
    gateway: z.optional(gateway),
    limits: z._default(limits, {}),
    observability: z._default(observability, {}),
    services: z._default(z.record(serviceNameSchema, service), {}),
  })
  .check(
    z.superRefine((config, context) => {
      for (const { path, message } of contradictions(config))
        context.addIssue({ code: 'custom', path: [...path], message });
    }),
  );

export type StandaloneConfig = z.infer<typeof standaloneConfigSchema>;
export type StandaloneService = z.infer<typeof service>;
