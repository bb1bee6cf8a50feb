import { instanceNameSchema, serviceNameSchema, versionNameSchema } from '@tulle/mesh/names';
import { z } from 'zod';

/** Whole numbers come as text from flags and variables. */
function integer(schema: z.ZodInt) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    schema,
  );
}

export const listenPort = integer(
  z
    .int('a port from 0 (any free one) to 65535')
    .min(0, 'ports start at 0 (any free one)')
    .max(65_535, 'ports end at 65535'),
);
export const durationMs = integer(z.int('whole milliseconds').min(0).max(3_600_000, 'at most an hour'));
const flag = z.preprocess(
  (value) =>
    value === '1' || value === 'true'
      ? true
      : value === '0' || value === 'false' || value === ''
        ? false
        : value,
  z.boolean('true or false'),
);
const host = z.string().min(1).max(253);

/** `orders` or `orders=7001`, separated by commas; without a port any free one, the same again after a restart. */
const upstream = z.preprocess(
  (value) => {
    if (typeof value !== 'string') return value;
    const [service, port = '0'] = value.split('=', 2);
    return { service, port };
  },
  z.object({ service: serviceNameSchema, port: listenPort }),
);

function list<T extends z.ZodType>(entry: T, atLeast: number) {
  return z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : value,
    z.array(entry).min(atLeast).max(1_000),
  );
}

const apiUrl = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:', 'an https:// address')
  .transform((text) => new URL(text).origin);
/** What `tulle agent` and `tulle run` have in common. Every field is a flag (`--api`) and a variable (`TULLE_API`). */
export const meshFields = {
  service: serviceNameSchema.optional().describe('Name of the service this agent stands for'),
  serviceVersion: versionNameSchema.default('v1').describe('Version of the service, such as v2'),
  instance: instanceNameSchema
    .optional()
    .describe('Name of this copy, unique in the mesh; made once and kept in the data directory by default'),
  port: integer(z.int('a port from 1 to 65535').min(1, 'ports start at 1').max(65_535, 'ports end at 65535'))
    .optional()
    .describe('Where the service itself listens; without it the agent only calls others'),
  localHost: host.default('127.0.0.1').describe('Host the service itself listens on'),
  upstreams: list(upstream, 0)
    .default([])
    .describe('Services it calls, each with a port of its own: orders,payment=7002'),
  api: list(apiUrl, 1)
    .default(['https://127.0.0.1:4401'])
    .describe("Address of the API's agent listener; several, separated by commas, are tried in turn"),
  token: z
    .string()
    .optional()
    .describe('Single-use join token; needed only while there is no certificate in the data directory'),
  dataDir: z.string().min(1).optional().describe('Where key, certificate and last configuration are kept'),
  advertise: host.optional().describe('Host other agents reach this one at; by default found out'),
  inboundHost: host
    .optional()
    .describe('Address the mesh port binds; by default all, or loopback when the API is on loopback'),
  outboundHost: host
    .default('127.0.0.1')
    .describe('Address the HTTP proxy port and the ports of upstreams bind'),
  maxConnections: integer(z.int('a whole number').min(1).max(1_000_000))
    .optional()
    .describe('Connections accepted at once'),
  drainTimeoutMs: durationMs
    .default(10_000)
    .describe('How long requests in flight may take when the agent stops'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least level logged'),
  exitWithParent: flag.default(false).describe('Stop when the process that started this one ends'),
  parentPid: integer(z.int('a process id').min(1))
    .optional()
    .describe('With --exit-with-parent: the process to watch instead'),
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

/** A mistake of the person at the command line: printed as it is, exit code 1 (2 for bad usage), no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Flags win over variables. Throws a `UsageError` that names flag and variable for everything that is wrong. */
export function readOptions<T extends z.ZodObject>(
  schema: T,
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<T> {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = flags[key] ?? environment[variableOf(key)];
    if (value !== undefined) given[key] = value;
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new UsageError(result.error.issues.map(sentence).join(' '));
}

function sentence(issue: z.core.$ZodIssue): string {
  const [key, ...rest] = issue.path;
  if (key === undefined) return `${issue.message}.`;
  const place = rest.length > 0 ? ` (entry ${rest.join('.')})` : '';
  return `${flagOf(String(key))} or ${variableOf(String(key))}${place}: ${issue.message}.`;
}
