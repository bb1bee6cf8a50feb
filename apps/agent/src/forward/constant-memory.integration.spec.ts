import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { http2Client } from '../specs/http2-services.ts';
import type { PlaneReply, PlaneRequest } from '../specs/plane-process.ts';
import { viewOf } from '../specs/planes.ts';
import { startService } from '../specs/services.ts';

const long = process.env.TULLE_LONG === '1';
const MEBIBYTE = 1024 * 1024;
const TOTAL_BYTES = (long ? 2_048 : 192) * MEBIBYTE;
const WARM_UP_BYTES = 32 * MEBIBYTE;
/** Of buffers on the way and of garbage that is not collected yet; without a bound it would be all of the body. */
const MAX_GROWTH_BYTES = 96 * MEBIBYTE;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const POLL_MS = 20;

const program = fileURLToPath(new URL('../specs/plane-process.ts', import.meta.url));
const loopback = { host: '127.0.0.1', port: 0 };
const timeouts = { requestMs: 0 };

describe('a large body between agents costs a bounded buffer', () => {
  it.each(['http1', 'http2'] as const)('an upload by %s to a slow service', async (caller) => {
    let slow = false;
    const service = await startService(async (request, response) => {
      const sink = new Sink(() => slow);
      await pipeline(request, sink);
      response.end(String(sink.bytes));
    });
    const pair = await startProcesses(service);
    expect(await upload(caller, pair.port, WARM_UP_BYTES)).toBe(WARM_UP_BYTES);
    slow = true;
    const growth = await pair.watch(async () => {
      expect(await upload(caller, pair.port, TOTAL_BYTES)).toBe(TOTAL_BYTES);
    });
    expect(Math.max(...growth)).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it.each(['http1', 'http2'] as const)('a download by %s that is read slowly', async (caller) => {
    const service = await startService(async (request, response) => {
      await pipeline(bodyOf(Number(request.url?.slice(1))), response);
    });
    const pair = await startProcesses(service);
    expect(await download(caller, pair.port, WARM_UP_BYTES, false)).toBe(WARM_UP_BYTES);
    const growth = await pair.watch(async () => {
      expect(await download(caller, pair.port, TOTAL_BYTES, true)).toBe(TOTAL_BYTES);
    });
    expect(Math.max(...growth)).toBeLessThan(MAX_GROWTH_BYTES);
  });
}, 600_000);

/** Counts what it is given; when it is slow, it takes nothing for a while now and then. */
class Sink extends Writable {
  bytes = 0;
  private readonly isSlow: () => boolean;
  private nextRest = 0;

  constructor(isSlow: () => boolean) {
    super();
    this.isSlow = isSlow;
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.bytes += bytes.length;
    if (!this.isSlow() || this.bytes < this.nextRest) {
      done();
      return;
    }
    this.nextRest = this.bytes + TOTAL_BYTES / 8;
    setTimeout(done, 300);
  }
}

function bodyOf(bytes: number): Readable {
  let left = bytes;
  return new Readable({
    read() {
      const size = Math.min(left, PIECE.length);
      left -= size;
      this.push(size === 0 ? null : PIECE.subarray(0, size));
    },
  });
}

async function upload(caller: 'http1' | 'http2', port: number, bytes: number): Promise<number> {
  let said = '';
  if (caller === 'http1') {
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers: { host: 'web' } });
    const response = once(request, 'response');
    await pipeline(bodyOf(bytes), request);
    for await (const piece of (await response)[0]) said += piece;
  } else {
    const stream = http2Client(port).request({ ':method': 'POST', ':path': '/', ':authority': 'web' });
    await pipeline(bodyOf(bytes), stream, async (answer) => {
      for await (const piece of answer) said += piece;
    });
  }
  return Number(said);
}

async function download(
  caller: 'http1' | 'http2',
  port: number,
  bytes: number,
  slow: boolean,
): Promise<number> {
  const sink = new Sink(() => slow);
  if (caller === 'http1') {
    const request = httpRequest({ host: '127.0.0.1', port, path: `/${bytes}`, headers: { host: 'web' } });
    const [response] = await once(request.end(), 'response');
    await pipeline(response, sink);
  } else {
    await pipeline(http2Client(port).request({ ':path': `/${bytes}`, ':authority': 'web' }), sink);
  }
  return sink.bytes;
}

interface Pair {
  readonly port: number;
  /** By how much each of the agents grows at most while `run` does. */
  watch(run: () => Promise<void>): Promise<number[]>;
}

async function startProcesses(service: number): Promise<Pair> {
  const authority = new TestAuthority();
  const web = await startProcess({
    type: 'start',
    options: {
      self: { service: 'web', version: 'v1', instance: 'web-1' },
      local: { host: '127.0.0.1', port: service },
      inbound: { ...loopback, tls: true },
      upstreams: [],
    },
    identity: authority.identity('web'),
    views: [viewOf('web', [], { timeouts })],
  });
  const caller = await startProcess({
    type: 'start',
    options: {
      self: { service: 'caller', version: 'v1', instance: 'caller-1' },
      outbound: loopback,
      upstreams: [],
    },
    identity: authority.identity('caller'),
    views: [viewOf('web', [{ port: web.ports.inbound ?? 0, tls: true }], { timeouts })],
  });
  const children = [web.child, caller.child];
  return {
    port: caller.ports.outbound ?? 0,
    async watch(run) {
      const before = await Promise.all(children.map(memoryOf));
      const most = [...before];
      const running = run();
      let over = false;
      const done = running.finally(() => {
        over = true;
      });
      while (!over) {
        for (const [index, child] of children.entries()) {
          most[index] = Math.max(most[index] as number, await memoryOf(child));
        }
        await Promise.race([done, pause()]);
      }
      await done;
      return most.map((bytes, index) => bytes - (before[index] as number));
    },
  };
}

async function startProcess(request: PlaneRequest) {
  const child = fork(program, { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const reply = await ask(child, request);
  if (reply.type !== 'ports') throw new Error('the agent did not start');
  return { child, ports: reply.ports };
}

async function memoryOf(child: ChildProcess): Promise<number> {
  const reply = await ask(child, { type: 'memory' });
  return reply.type === 'memory' ? reply.rssBytes : 0;
}

async function ask(child: ChildProcess, request: PlaneRequest): Promise<PlaneReply> {
  const reply = once(child, 'message');
  child.send(request);
  return (await reply)[0];
}

function pause(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, POLL_MS);
  return promise;
}
