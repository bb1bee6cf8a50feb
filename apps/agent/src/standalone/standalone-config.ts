import { portSchema, serviceNameSchema, trustDomainSchema, versionNameSchema } from '@tulle/mesh/names';
import { policySchema } from '@tulle/mesh/policy';
import { weightsSchema } from '@tulle/mesh/traffic-split';
import { z } from 'zod';
import type { Address } from '../data-plane.ts';

const form = 'write it as host:port, for instance 127.0.0.1:8080';

/** `host:port`, `[v6]:port`, or only a port on loopback. */
function readAddress(text: string): Address | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const host = (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  return { host, port: Number(match[2]) };
}

function addressSchema(lowestPort: 0 | 1) {
  return z.union([z.string(), z.int()], { error: form }).transform((value, context): Address => {
    const address = readAddress(String(value));
    if (address !== undefined && address.port >= lowestPort && address.port <= 65_535) return address;
    context.addIssue({ code: 'custom', message: form });
    return z.NEVER;
  });
}

/** Where to listen; port 0 takes a free one. */
const listenAddress = addressSchema(0);
const peerAddress = addressSchema(1);

const endpoint = z.strictObject({
  address: peerAddress,
  version: versionNameSchema.default('v1'),
  /** Mutual TLS to an agent there; plain text to the service itself without. */
  tls: z.boolean().default(false),
});

/** `{v1: 70, v2: 30}` in the order written. */
const split = z
  .record(versionNameSchema, z.number())
  .transform((weights) => Object.entries(weights).map(([version, weight]) => ({ version, weight })))
  .pipe(weightsSchema);

const policyFields = policySchema.shape;

const service = z.strictObject({
  port: portSchema.default(80),
  endpoints: z.array(endpoint).max(1_000),
  split: split.optional(),
  timeouts: policyFields.timeouts,
  retries: policyFields.retries,
  connections: policyFields.connections,
  /** Who may call it; matters on the agent that stands for it. */
  allow: z.array(z.union([serviceNameSchema, z.literal('*')])).optional(),
});

const atLeast1 = z.int().min(1);
const limits = z
  .strictObject({
    maxConnections: atLeast1,
    headTimeoutMs: atLeast1,
    callerIdleTimeoutMs: atLeast1,
    poolIdleTimeoutMs: atLeast1,
  })
  .partial();

export const standaloneConfigSchema = z
  .strictObject({
    self: z.strictObject({ service: serviceNameSchema, version: versionNameSchema.default('v1') }),
    listen: z.strictObject({
      outbound: listenAddress.optional(),
      upstreams: z.record(serviceNameSchema, listenAddress).default({}),
      inbound: listenAddress.optional(),
    }),
    /** Where the service of this agent listens. */
    local: peerAddress.optional(),
    /** Files, relative to this one. With them the inbound port speaks mutual TLS only. */
    identity: z
      .strictObject({
        trustDomain: trustDomainSchema,
        certificate: z.string().min(1),
        key: z.string().min(1),
        trustBundle: z.string().min(1),
        revokedSerials: z.array(z.string().regex(/^[0-9a-fA-F]{1,64}$/, 'hexadecimal digits')).default([]),
      })
      .optional(),
    limits: limits.default({}),
    services: z.record(serviceNameSchema, service).default({}),
  })
  .superRefine(({ listen, local, identity, services }, context) => {
    const add = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const listens = listen.outbound ?? listen.inbound ?? Object.keys(listen.upstreams)[0];
    if (listens === undefined) add(['listen'], 'name at least one of outbound, upstreams and inbound');
    if (listen.inbound !== undefined && local === undefined) {
      add(['listen', 'inbound'], 'an inbound port needs `local`: where to send what comes in');
    }
    for (const [name, { endpoints, split: weights }] of Object.entries(services)) {
      for (const [index, { tls }] of endpoints.entries()) {
        if (tls && identity === undefined) {
          add(
            ['services', name, 'endpoints', index, 'tls'],
            'mutual TLS needs `identity`: a certificate of our own',
          );
        }
      }
      const seen = new Set<string>();
      for (const [index, { address }] of endpoints.entries()) {
        const text = `${address.host} ${address.port}`;
        if (seen.has(text)) add(['services', name, 'endpoints', index, 'address'], 'stands here twice');
        seen.add(text);
      }
      for (const { version, weight } of weights ?? []) {
        if (weight > 0 && !endpoints.some((one) => one.version === version)) {
          add(['services', name, 'split', version], `no endpoint has the version ${version}`);
        }
      }
    }
  });

export type StandaloneConfig = z.infer<typeof standaloneConfigSchema>;
