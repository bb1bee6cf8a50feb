import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { socketDirectory } from '@tulle/prisma/socket-path';
import { z } from 'zod';
import { CommandFailure } from '../failure.ts';
import { demoActions } from './supervised-part.ts';
import type { Demo } from './supervisor.ts';

const socketName = 'demo.sock';
const requestSchema = z.object({ action: z.enum(['status', ...demoActions]), part: z.string().max(100) });

/** Where `tulle demo` speaks with the running demo: a socket that only this user can open. */
export async function demoSocketPath(dataDir: string): Promise<string> {
  return path.join(await socketDirectory(dataDir, socketName), socketName);
}

/** Answers `tulle demo` until the returned function is called. */
export async function serveDemoControl(demo: Demo, dataDir: string): Promise<() => Promise<void>> {
  const socketPath = await demoSocketPath(dataDir);
  // We hold the data directory, so a socket that lies there is a dead one.
  rmSync(socketPath, { force: true });
  const server = createServer((request, response) => {
    answer(demo, request, response).catch((error: Error) => send(response, 500, { error: error.message }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections());
}

async function answer(demo: Demo, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://demo');
  const asked = requestSchema.safeParse(Object.fromEntries(url.searchParams));
  if (!asked.success) return send(response, 400, { error: z.prettifyError(asked.error) });
  const { action, part } = asked.data;
  try {
    send(response, 200, { parts: action === 'status' ? demo.status() : await demo.act(action, part) });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    send(response, 400, { error: error.message });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
