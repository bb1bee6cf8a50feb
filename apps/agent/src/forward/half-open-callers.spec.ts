import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveDataPlane } from '../live-data-plane.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import type { RawClient } from '../specs/raw-peer.ts';
import { rawClient, startRawService } from '../specs/services.ts';
import { turn } from '../specs/turns.ts';
import { startTcp } from '../tcp/tcp.spec-support.ts';

/** How far time is moved on at once, in seconds. */
const STEP_S = 5;
/** The callers are looked at every tenth tick. */
const TICKS = 10;
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
/** HEADERS of stream 1, which it ends: GET, http, `/` and `web`. */
const get = '\0\0\x08\x01\x05\0\0\0\x01\x82\x86\x84\x41\x03web';

let nowMs = 0;
beforeEach(() => {
  nowMs = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => void vi.restoreAllMocks());

interface Stage {
  readonly where: string;
  /** How the caller gets there; from then on nothing is heard of it, and it reads nothing. */
  readonly reach: (client: RawClient) => Promise<unknown>;
  /** When the agent gives it up. */
  readonly afterS: number;
  readonly upstream?: 'bytes';
}

const stages: Stage[] = [
  { where: 'before its first byte', reach: async () => {}, afterS: 600 },
  { where: 'inside a head', reach: async (client) => client.send('GET / HTTP/1.1\r\nHo'), afterS: 10 },
  {
    where: 'between two requests',
    reach: async (client) => {
      client.send('GET /whole HTTP/1.1\r\nHost: web\r\n\r\n');
      await client.until(/whole$/);
    },
    afterS: 600,
  },
  {
    where: 'inside a body',
    reach: async (client) => {
      client.send('POST /silent HTTP/1.1\r\nHost: web\r\nContent-Length: 9\r\n\r\nsome');
      await active(1);
    },
    afterS: 300,
  },
  {
    where: 'inside an answer',
    reach: async (client) => {
      client.send('GET /part HTTP/1.1\r\nHost: web\r\n\r\n');
      await client.until(/part$/);
    },
    afterS: 300,
  },
  {
    where: 'in a WebSocket',
    reach: async (client) => {
      client.send('GET /upgrade HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
      await client.until(/^HTTP\/1.1 101 /);
    },
    afterS: 300,
  },
  {
    where: 'on HTTP/2, without a request',
    reach: async (client) => {
      client.send(preface);
      await client.until(/./);
    },
    afterS: 600,
  },
  {
    where: 'on HTTP/2, with a request',
    reach: async (client) => {
      client.send(preface + get);
      await active(1);
    },
    afterS: 30,
  },
  {
    where: 'inside bytes for a service of TCP',
    reach: async (client) => {
      client.send('ping');
      await client.until(/ping/);
    },
    afterS: 3_600,
    upstream: 'bytes',
  },
];

let plane: LiveDataPlane;
const active = (count: number) => expect.poll(() => plane.stats().activeRequests).toBe(count);

async function start(): Promise<{ outbound: number; bytes: number }> {
  const web = await startRawService((socket, received) => {
    if (received.includes('/whole')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
    if (received.includes('/part')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart');
    if (received.includes('/upgrade'))
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  const bytes = await startTcp((socket) => void socket.pipe(socket));
  const views = [
    viewOf('web', [{ port: web.port }], { timeouts: { requestMs: 0 } }),
    viewOf('bytes', [{ port: bytes }], { protocol: 'tcp' }),
  ];
  const { plane: started, ports } = await startOutbound(views, {
    upstreams: [{ service: 'bytes', port: 0 }],
  });
  expect.assert(started instanceof LiveDataPlane);
  plane = started;
  return { outbound: ports.outbound ?? 0, bytes: ports.upstreams.bytes ?? 0 };
}

it.each(stages)(
  'a caller that vanishes $where is given up after $afterS s',
  async ({ reach, afterS, upstream }) => {
    const ports = await start();
    const client = await rawClient(ports[upstream ?? 'outbound']);
    await expect.poll(() => plane.stats().accepted).toBe(1);
    await reach(client);
    let elapsedS = 0;
    for (; plane.stats().accepted > 0; elapsedS += STEP_S) {
      expect(elapsedS).toBeLessThanOrEqual(afterS + 5 * STEP_S);
      nowMs += STEP_S * 1_000;
      for (let tick = 0; tick < TICKS; tick++) plane.clock.tick(performance.now());
      await settle();
    }
    expect(elapsedS).toBeGreaterThanOrEqual(afterS);
    expect(plane.stats().activeRequests).toBe(0);
  },
);

/** What a tick began is done, and its sockets are told. */
async function settle(): Promise<void> {
  for (let count = 0; count < 5; count++) await turn();
}
