import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { expect, onTestFinished, test } from 'vitest';
import { CommandFailure } from '../failure.ts';
import { restartAgent } from './restart-command.ts';

async function adminPort(status: number, content: string): Promise<number> {
  const server = createServer(({ method, url }, response) => {
    response.statusCode = method === 'POST' && url === '/restart' ? status : 404;
    response.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('says which process serves now', async () => {
  expect(await restartAgent(await adminPort(200, '{"pid":4711}'))).toBe('Process 4711 serves now.');
});

test('says why nothing has changed, or that nobody is there', async () => {
  const port = await adminPort(500, '{"error":"it was not ready after 30000 ms"}');
  await expect(restartAgent(port)).rejects.toThrow(
    'The agent continues as it was: it was not ready after 30000 ms',
  );
  await expect(restartAgent(await adminPort(502, 'not ours'))).rejects.toThrow('not ours');
  await expect(restartAgent(await reservedPort())).rejects.toThrow(CommandFailure);
});
