import path from 'node:path';
import { durationMs, listenPort, readOptions, UsageError } from '@tulle/agent/lifecycle/options';
import { trustDomainSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { defaultDataDirectory } from './clone.ts';

const host = z.string().min(1, 'a host name or an address').max(253);

const onOff = z.preprocess(
  (value) => (typeof value === 'string' ? (switchWords[value] ?? value) : value),
  z.boolean('on or off'),
);
const switchWords: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  on: true,
  '0': false,
  false: false,
  off: false,
  '': false,
};

const names = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
      : value,
  z.array(host).max(100),
);

const publicUrl = z
  .string()
  .refine(
    (text) =>
      URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).pathname === '/',
    'an http:// or https:// address without a path',
  )
  .transform((text) => new URL(text).origin);

/** Every setting of `tulle server`: a flag (`--agents-port`) and a variable (`TULLE_AGENTS_PORT`). */
export const settingsSchema = z.object({
  host: host.default('127.0.0.1').describe('Address on which the dashboard and its API listen'),
  port: z._default(listenPort, 4400).describe('Port of the dashboard and its API'),
  agentsHost: host.default('127.0.0.1').describe('Address on which agents are answered, over mutual TLS'),
  agentsPort: z._default(listenPort, 4401).describe('Port on which agents are answered'),
  publicUrl: publicUrl
    .optional()
    .describe('Where browsers reach the dashboard, when not at its own address (behind a proxy)'),
  allowedHosts: names
    .default([])
    .describe('More names, separated by commas, by which browsers may reach the dashboard'),
  dataDir: z
    .string()
    .min(1)
    .default(defaultDataDirectory)
    .transform((directory) => path.resolve(directory))
    .describe('Where the database, the key file and the log are kept'),
  databaseUrl: z
    .string()
    .min(1)
    .optional()
    .meta({ variable: 'DATABASE_URL' })
    .describe('PostgreSQL server to use instead of the one that comes with Tulle'),
  secretKey: z
    .string()
    .min(1)
    .optional()
    .meta({ variableOnly: true })
    .describe(
      'Key under which CA keys are encrypted, 32 bytes in hex or base64; by default a file of mode 0600 in the data directory',
    ),
  trustDomain: z
    .optional(trustDomainSchema)
    .describe('Trust domain of all identities (default: tulle.local); fixed at the first start'),
  certificateLifetimeMs: z
    .pipe(durationMs, z.int().min(60_000, 'at least a minute'))
    .default(86_400_000)
    .describe('How long certificates of agents are valid; they are renewed at half of it'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level logged'),
  logFile: z
    .string()
    .min(1)
    .optional()
    .describe('Where logs go, `-` for standard error (default: server.log in the data directory)'),
  demo: onOff.default(false).describe('Start the demo mesh of examples/shop as well'),
  demoPort: z
    .pipe(listenPort, z.int().min(1).max(65_000))
    .optional()
    .describe(
      'First of the ports on loopback for the services of the demo, if all are free, else the next run that is (default: 110 above --port, below 32768)',
    ),
  dev: onOff.default(false).describe('Serve the dashboard from its sources and reload it when they change'),
});

export type Settings = z.infer<typeof settingsSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags win over variables. Throws a UsageError that names what is wrong and where it stands. */
export function readSettings(flags: Readonly<Record<string, unknown>>, environment: Environment): Settings {
  const settings = readOptions(settingsSchema, flags, environment);
  if (settings.port === settings.agentsPort && settings.port !== 0)
    throw new UsageError(
      `--port and --agents-port are both ${settings.port}; browsers and agents need a port each.`,
    );
  return settings;
}
