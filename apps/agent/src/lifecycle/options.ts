import { instanceNameSchema, serviceNameSchema, versionNameSchema, zoneSchema } from '@tulle/mesh/names';
import * as z from 'zod/mini';
import { isLoggable } from '../access-log/log-fields.ts';

/** A flag or variable: what it reads as, and what `--help` and docs/settings.md say of it. */
export function setting<T extends z.ZodMiniType>(description: string, schema: T): T {
  return schema.check(z.describe(description));
}

/** Whole numbers come as text from flags and variables. */
export function wholeNumber<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(
    z.transform((value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value)),
    schema,
  );
}

export const listenPort = wholeNumber(
  z
    .int('a port from 0 (any free one) to 65535')
    .check(z.minimum(0, 'ports start at 0 (any free one)'), z.maximum(65_535, 'ports end at 65535')),
);
const port = wholeNumber(
  z
    .int('a port from 1 to 65535')
    .check(z.minimum(1, 'ports start at 1'), z.maximum(65_535, 'ports end at 65535')),
);
export const durationMs = wholeNumber(
  z.int('whole milliseconds').check(z.minimum(0), z.maximum(3_600_000, 'at most an hour')),
);
const flag = z.pipe(
  z.transform((value) =>
    value === '1' || value === 'true'
      ? true
      : value === '0' || value === 'false' || value === ''
        ? false
        : value,
  ),
  z.boolean('true or false'),
);
export const host = z.string().check(z.minLength(1), z.maxLength(253));

/** `orders` or `orders=7001`, separated by commas; without a port any free one, the same again after a restart. */
const upstream = z.pipe(
  z.transform((value) => {
    if (typeof value !== 'string') return value;
    const [service, port = '0'] = value.split('=', 2);
    return { service, port };
  }),
  z.object({ service: serviceNameSchema, port: listenPort }),
);

/** Entries separated by commas. */
export function list<T extends z.ZodMiniType>(entry: T, atLeast: number) {
  return z.pipe(
    z.transform((value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : value,
    ),
    z.array(entry).check(z.minLength(atLeast), z.maxLength(1_000)),
  );
}

export const httpUrl = z
  .string()
  .check(
    z.refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'an http:// or https:// address'),
  );

const apiUrl = z.pipe(
  z
    .string()
    .check(
      z.refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:', 'an https:// address'),
    ),
  z.transform((text: string) => new URL(text).origin),
);

/** `512m`, `2g` or bytes; 0 for `off`. */
const memoryLimit = z.pipe(
  z.string().check(z.regex(/^(off|\d{1,12}[kmg]?)$/i, 'write it as 512m, 2g, bytes, or off')),
  z.transform((text: string) => {
    const factor = { k: 1 << 10, m: 1 << 20, g: 1 << 30 }[text.slice(-1).toLowerCase()] ?? 1;
    return text.toLowerCase() === 'off' ? 0 : Number.parseInt(text, 10) * factor;
  }),
);

/** What `tulle agent` and `tulle run` have in common. Every field is a flag (`--api`) and a variable (`TULLE_API`). */
export const meshFields = {
  service: setting('Name of the service this agent stands for', z.optional(serviceNameSchema)),
  serviceVersion: setting('Version of the service, such as v2', z._default(versionNameSchema, 'v1')),
  instance: setting(
    'Name of this copy, unique in the mesh; made once and kept in the data directory by default',
    z.optional(instanceNameSchema),
  ),
  zone: setting(
    'Where this copy runs, such as a data centre or rack; callers of the same zone may prefer it',
    z.optional(zoneSchema),
  ),
  port: setting('Where the service itself listens; without it the agent only calls others', z.optional(port)),
  localHost: setting('Host the service itself listens on', z._default(host, '127.0.0.1')),
  upstreams: setting(
    'Services it calls, each with a port of its own: orders,payment=7002',
    z._default(list(upstream, 0), []),
  ),
  api: setting(
    "Address of the API's agent listener; several, separated by commas, are tried in turn",
    z._default(list(apiUrl, 1), ['https://127.0.0.1:4401']),
  ),
  token: setting(
    'Single-use join token; needed only while there is no certificate in the data directory',
    z.optional(z.string()),
  ),
  dataDir: setting(
    'Where key, certificate and last configuration are kept',
    z.optional(z.string().check(z.minLength(1))),
  ),
  advertise: setting('Host other agents reach this one at; by default found out', z.optional(host)),
  inboundHost: setting(
    'Address the mesh port binds; by default all, or loopback when the API is on loopback',
    z.optional(host),
  ),
  outboundHost: setting(
    'Address the HTTP proxy port and the ports of upstreams bind',
    z._default(host, '127.0.0.1'),
  ),
  dnsPort: setting(
    'Port for DNS of *.mesh; with it every service is listened for at a loopback address of its own',
    z.optional(listenPort),
  ),
  dnsHost: setting('Address the DNS port binds', z._default(host, '127.0.0.1')),
  tlsPassthroughPort: setting(
    'Port for TLS to any service that its ClientHello names, passed through unread',
    z.optional(listenPort),
  ),
  maxConnections: setting(
    'Connections accepted at once',
    z.optional(wholeNumber(z.int('a whole number').check(z.minimum(1), z.maximum(1_000_000)))),
  ),
  memoryLimit: setting(
    'Memory the process keeps below, such as 512m, by shedding load; by default that of the control group, off for none',
    z.optional(memoryLimit),
  ),
  drainTimeoutMs: setting(
    'How long requests in flight may take when the agent stops, or a successor has taken over',
    z._default(durationMs, 25_000),
  ),
  drainDelayMs: setting(
    'How long the agent says that it is not ready before it stops accepting, for balancers that ask',
    z._default(durationMs, 0),
  ),
  accessLog: setting(
    'Where lines of the access log go: a file, or - for standard output; which requests leave one is said by the Policy of each service',
    z.optional(z.string().check(z.minLength(1))),
  ),
  accessLogFields: setting(
    'What stands in them, such as time,method,path,status,request.user-agent; by default all but what people typed',
    z.optional(list(z.string().check(z.refine(isLoggable, 'no such field: see docs/observability.md')), 1)),
  ),
  otlpEndpoint: setting(
    'Collector that sampled spans are sent to by OTLP over HTTP, such as http://127.0.0.1:4318',
    z.optional(httpUrl),
  ),
  logLevel: setting(
    'Lowest level logged',
    z._default(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
  ),
  exitWithParent: setting('Stop when the process that started this one ends', z._default(flag, false)),
  parentPid: setting(
    'With --exit-with-parent: the process to watch instead',
    z.optional(wholeNumber(z.int('a process id').check(z.minimum(1)))),
  ),
} as const;

const meshOptionsSchema = z.object(meshFields);
export type MeshOptions = z.infer<typeof meshOptionsSchema>;

/** Variables that name a setting are its flag in capitals: `--data-dir` is `TULLE_DATA_DIR`. */
export function variableOf(key: string): string {
  return `TULLE_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The variable of a setting: the one its schema names (`DATABASE_URL`), or that of its name. */
export function variableIn(schema: z.core.$ZodObject, key: string): string {
  const named = metaOf(schema, key)?.variable;
  return typeof named === 'string' ? named : variableOf(key);
}

/** undefined for a secret: every user of the machine sees the flags of a process. */
export function flagIn(schema: z.core.$ZodObject, key: string): string | undefined {
  return metaOf(schema, key)?.variableOnly === true ? undefined : flagOf(key);
}

function metaOf(schema: z.core.$ZodObject, key: string) {
  const field = schema._zod.def.shape[key];
  return field === undefined ? undefined : z.globalRegistry.get(field);
}

/** A mistake of the person at the command line: printed as it is, exit code 1 (2 for bad usage), no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Flags win over variables; an empty variable counts as unset, as in a unit file. Throws a `UsageError` that names flag and variable for everything that is wrong. */
export function readOptions<T extends z.core.$ZodObject>(
  schema: T,
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<T> {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(schema._zod.def.shape)) {
    const value = flags[key] ?? (environment[variableIn(schema, key)] || undefined);
    if (value !== undefined) given[key] = value;
  }
  const result = z.safeParse(schema, given);
  if (result.success) return result.data;
  throw new UsageError(result.error.issues.map((issue) => sentence(schema, issue)).join(' '));
}

function sentence(schema: z.core.$ZodObject, issue: z.core.$ZodIssue): string {
  const [key, ...rest] = issue.path.map(String);
  if (key === undefined) return `${issue.message}.`;
  const place = rest.length > 0 ? ` (entry ${rest.join('.')})` : '';
  const names = [flagIn(schema, key), variableIn(schema, key)].filter((name) => name !== undefined);
  return `${names.join(' or ')}${place}: ${issue.message}.`;
}
