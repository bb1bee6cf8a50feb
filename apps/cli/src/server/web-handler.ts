import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { WebHandler } from '@tulle/api/http/server';
import { cloneDirectory } from './clone.ts';
import type { Settings } from './settings.ts';

const webDirectory = path.join(cloneDirectory, 'apps/web');

/** What we use of Next. Its own types would widen `process.env` for the whole program. */
type NextFactory = (options: { dev: boolean; dir: string; quiet: boolean }) => {
  prepare(): Promise<void>;
  getRequestHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  getUpgradeHandler(): (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  close(): Promise<void>;
};

export interface Web {
  readonly handler: WebHandler;
  close(): Promise<void>;
}

/** The dashboard: Next, in this process. Undefined when it was not built and is not served from its sources. */
export async function startWeb({
  dev,
  host,
  port,
}: Pick<Settings, 'dev' | 'host' | 'port'>): Promise<Web | undefined> {
  if (!dev && !existsSync(path.join(webDirectory, '.next/BUILD_ID'))) return undefined;
  // Where its pages ask the API when they are rendered here.
  process.env.TULLE_LOOPBACK_URL = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  // Next looks at it wherever it asks what it was built for.
  Object.assign(process.env, { NODE_ENV: dev ? 'development' : 'production' });
  const require = createRequire(import.meta.url);
  const next: NextFactory = require('next');
  await readConfigQuietly(require, dev);
  const app = next({ dev, dir: webDirectory, quiet: true });
  await app.prepare();
  const request = app.getRequestHandler();
  const upgrade = app.getUpgradeHandler();
  return {
    handler: {
      request: (message, response) => request(message, response),
      ...(dev ? { upgrade: (message, socket, head) => upgrade(message, socket, head) } : {}),
    },
    close: () => app.close(),
  };
}

/** Next keeps what it has read; read by itself first, it would tell how long that took. */
async function readConfigQuietly(require: NodeJS.Require, dev: boolean): Promise<void> {
  const { PHASE_DEVELOPMENT_SERVER, PHASE_PRODUCTION_SERVER } = require('next/constants');
  const { default: loadConfig } = require('next/dist/server/config');
  await loadConfig(dev ? PHASE_DEVELOPMENT_SERVER : PHASE_PRODUCTION_SERVER, webDirectory, { silent: true });
}
