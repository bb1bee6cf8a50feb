import { once } from 'node:events';
import { Agent, createServer, get, type ServerResponse } from 'node:http';

import { text } from 'node:stream/consumers';
import { connectHttp2 } from '../../specs/http2-services.ts';

/** What became of requests: how many got each status, and what the mesh said of those it answered itself. */
export interface Outcomes {
  readonly statuses: Record<string, number>;
  readonly codes: string[];
  readonly bodies: string[];
}

/** For specs: callers and services in the network of an agent. What its parent tells it, one after the other: */
export type NetworkRequest =
  | { readonly type: 'call'; readonly host: string; readonly path: string; readonly count: number }
  /** As `call`, without waiting for those that are held. */
  | { readonly type: 'hold'; readonly host: string; readonly count: number }
  | { readonly type: 'release' }
  | { readonly type: 'metrics' };

const [outbound, admin, ...services] = process.argv.slice(2).map(Number);
const held: ServerResponse[] = [];
for (const port of services) {
  const server = createServer((request, response) => {
    if (request.url !== '/held') {
      response.end(String(port));
      return;
    }
    // So that its port is free once it was released.
    response.setHeader('connection', 'close');
    held.push(response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

/** All calls share one connection: callers must not be those who lack ports. */
const session = connectHttp2(outbound ?? 0);

async function callOnce(host: string, path: string): Promise<{ status: number; code: string; body: string }> {
  const stream = session.request({ ':authority': host, ':path': path });
  const [headers] = await once(stream, 'response');
  const body = await text(stream);
  return { status: headers[':status'], code: String(headers['x-tulle-error'] ?? ''), body };
}

function outcomesOf(answers: readonly { status: number; code: string; body: string }[]): Outcomes {
  const statuses: Record<string, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const codes = [...new Set(answers.map(({ code }) => code))].filter((code) => code !== '');
  return { statuses, codes, bodies: [...new Set(answers.map(({ body }) => body))] };
}

async function callInTurn(host: string, path: string, count: number): Promise<Outcomes> {
  const answers: Awaited<ReturnType<typeof callOnce>>[] = [];
  for (let index = 0; index < count; index++) answers.push(await callOnce(host, path));
  return outcomesOf(answers);
}

/** Resolves when each is either answered or held by a service. */
async function hold(host: string, count: number): Promise<Outcomes> {
  const answers: Awaited<ReturnType<typeof callOnce>>[] = [];
  for (let index = 0; index < count; index++)
    void callOnce(host, '/held').then((answer) => answers.push(answer));
  while (answers.length + held.length < count) await new Promise(setImmediate);
  return outcomesOf(answers);
}

const keepAlive = new Agent({ keepAlive: true, maxSockets: 1 });

async function metrics(): Promise<string> {
  const [response] = await once(
    get({ host: '127.0.0.1', port: admin, path: '/metrics', agent: keepAlive }),
    'response',
  );
  return await text(response);
}

async function answer(request: NetworkRequest): Promise<Outcomes | string | number> {
  switch (request.type) {
    case 'call':
      return await callInTurn(request.host, request.path, request.count);
    case 'hold':
      return await hold(request.host, request.count);
    case 'release':
      for (const response of held) response.end('late');
      return held.splice(0).length;
    case 'metrics':
      return await metrics();
  }
}

process.on('message', async (request: NetworkRequest) => process.send?.(await answer(request)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
