import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FLAG, FRAME } from '@tulle/wire/http2/frame-header';
import { clientPreface, readFrames, settingsAck } from '@tulle/wire/http2/frames.spec-support';
import type { Http1Shape } from './http1-shape.ts';
import type { Http2Shape } from './http2-shapes.ts';
import type { Upstream } from './upstream.ts';

const PATIENCE_MS = 60_000;
let sentinels = 0;

/** Everything until the other side has closed. */
async function receiveAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1');
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no end after ${JSON.stringify(text)}`)));
  for await (const more of socket) text += more;
  return text;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/**
 * A good request of somebody else behind the bad one: it has to get its own answer, and it must be the only thing the
 * server saw besides what was allowed.
 */
export async function afterwards(port: number, upstream: Upstream): Promise<string[]> {
  const path = `/sentinel-${++sentinels}`;
  const socket = await open(port);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`);
  const answer = await receiveAll(socket);
  if (!answer.startsWith('HTTP/1.1 200') || !answer.includes(`GET ${path}`)) {
    throw new Error(`the next caller got ${JSON.stringify(answer)}`);
  }
  return upstream.seenUntil(`GET ${path} `);
}

function assertSeen(seen: readonly string[], allowed: readonly (readonly string[])[]): void {
  const text = JSON.stringify(seen);
  if (!allowed.some((one) => JSON.stringify(one) === text)) {
    throw new Error(
      `the server saw ${text}, it should have been ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`,
    );
  }
}

function isAnsweredBy(statuses: readonly number[], answers: Http1Shape['answers']): boolean {
  const isRight = (expected: number | 'refused', status: number | undefined) =>
    expected === 'refused' ? (status ?? 0) >= 400 : status === expected;
  return (
    statuses.length === answers.length &&
    answers.every((expected, index) => isRight(expected, statuses[index]))
  );
}

/** Throws when a client or the server behind saw anything but what the shape says. */
export async function playHttp1(shape: Http1Shape, port: number, upstream: Upstream): Promise<void> {
  const socket = await open(port);
  socket.write(shape.bytes, 'latin1');
  const answer = await receiveAll(socket).catch((error: NodeJS.ErrnoException) =>
    // A refusal may be followed by a reset, when more was sent than read.
    error.code === 'ECONNRESET' ? 'HTTP/1.1 400' : error.message,
  );
  // Interim answers may be passed on or not.
  const statuses = Array.from(answer.matchAll(/HTTP\/1\.1 ([2-5]\d\d)/g), ([, status]) => Number(status));
  const seen = await afterwards(port, upstream);
  const wanted = [shape, ...(shape.or === undefined ? [] : [shape.or])];
  assertSeen(
    seen,
    wanted.map((one) => one.seen),
  );
  const fitting = wanted.filter((one) => JSON.stringify(one.seen) === JSON.stringify(seen));
  if (!fitting.some(({ answers }) => isAnsweredBy(statuses, answers)))
    throw new Error(`the client got ${JSON.stringify(answer)}, it should have been ${shape.answers}`);
}

/** What came for stream 1, or for the whole connection. */
function outcomeOf(bytes: Buffer): number | 'refused' | undefined {
  for (const { type, flags, stream, payload } of readWholeFrames(bytes)) {
    if (type === FRAME.goAway && payload.readUInt32BE(4) !== 0) return 'refused';
    if (stream !== 1) continue;
    if (type === FRAME.rstStream) return 'refused';
    const isHead = type === FRAME.headers && (flags & FLAG.endHeaders) !== 0;
    if (isHead && statusOf(payload) >= 200) return statusOf(payload);
  }
  return undefined;
}

/** `:status` comes first, and is coded as an index or as a literal with its digits. */
function statusOf(block: Buffer): number {
  const statuses: Readonly<Record<number, number>> = {
    8: 200,
    9: 204,
    10: 206,
    11: 304,
    12: 400,
    13: 404,
    14: 500,
  };
  const first = block[0] ?? 0;
  if (first >= 0x80) return statuses[first & 0x7f] ?? 0;
  return Number(/\d{3}/.exec(block.toString('latin1'))?.[0] ?? 0);
}

/** Without the frame that may have come in part. */
function readWholeFrames(bytes: Buffer): ReturnType<typeof readFrames> {
  let at = 0;
  while (at + 9 <= bytes.length && at + 9 + bytes.readUIntBE(at, 3) <= bytes.length)
    at += 9 + bytes.readUIntBE(at, 3);
  return readFrames(bytes.subarray(0, at));
}

export async function playHttp2(shape: Http2Shape, port: number, upstream: Upstream): Promise<void> {
  const socket = await open(port);
  socket.write(Buffer.concat([clientPreface, settingsAck, ...shape.frames]));
  let bytes = Buffer.alloc(0);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
  for await (const more of socket) {
    bytes = Buffer.concat([bytes, more as Buffer]);
    if (outcomeOf(bytes) !== undefined) break;
  }
  socket.destroy();
  const outcome = outcomeOf(bytes);
  const isRefused = outcome === 'refused' || (outcome ?? 0) >= 400;
  const seen = await afterwards(port, upstream);
  const { mayHaveSeen } = shape;
  assertSeen(seen, [shape.seen, ...(mayHaveSeen === undefined ? [] : [[mayHaveSeen]])]);
  const isRight =
    shape.answer === 'refused' ? isRefused || mayHaveSeen !== undefined : outcome === shape.answer;
  if (!isRight) throw new Error(`the client got ${outcome}, it should have been ${shape.answer}`);
}
