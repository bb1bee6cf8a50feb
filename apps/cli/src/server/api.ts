import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebHandler } from '@tulle/api/http/server';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Settings } from './settings.ts';

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly agentsUrl: string;
  welcomeUrl(): Promise<string>;
  close(): Promise<void>;
}

export async function startApi(options: {
  settings: Settings;
  database: Database;
  logger: Logger;
  web: WebHandler | undefined;
}): Promise<RunningApi> {
  const server = createServer((request, response) => {
    if (options.web === undefined) response.end('no dashboard');
    else void options.web.request(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.settings.port, options.settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.settings.host}:${port}`;
  return {
    url,
    port,
    agentsUrl: 'https://127.0.0.1:4401',
    welcomeUrl: async () => `${url}/welcome?token=none`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
