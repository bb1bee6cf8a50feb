import { describe, expect, it } from 'vitest';
import { ClientSession } from './client-session.ts';
import { ERROR } from './error-codes.ts';
import { FLOOD } from './flood-guard.ts';
import { FLAG, FRAME } from './frame-header.ts';
import {
  clientPreface,
  data,
  ended,
  frame,
  get,
  headers,
  post,
  rst,
  settings,
  uint32,
  windowUpdate,
} from './frames.spec-support.ts';
import { http1Request, passOn, plainGet, plainPost } from './heads.spec-support.ts';
import { Pair, RecordingOwner, send, startServer, take } from './recording.spec-support.ts';
import { ServerSession } from './server-session.ts';

const goAway = (last: number, code: number) => frame(FRAME.goAway, 0, 0, uint32(last, code));

describe('output', () => {
  it('is announced once until it is taken', () => {
    const owner = new RecordingOwner();
    const session = new ServerSession(owner);
    session.start();
    session.push(clientPreface, 0);
    session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
    expect(owner.outputs).toBe(1);
    session.takeOutput();
    session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
    expect(owner.outputs).toBe(2);
  });

  it('of one turn is one piece, and waits for a target that is not ready', () => {
    const { owner, session } = startServer();
    for (let id = 1; id < 64; id += 2) session.push(headers(id, get, ended), 0);
    for (const stream of owner.streams) {
      stream.sendPlainHead(200, 'server: a\r\n', false);
      send(stream, 'hello');
      stream.sendEnd(undefined);
    }
    const { pendingBytes } = session;
    const lengths: number[] = [];
    const write = (_slab: Uint8Array, length: number) => void lengths.push(length);
    session.flushTo({ isReady: false, write });
    expect(lengths).toEqual([]);
    expect(session.pendingBytes).toBe(pendingBytes);
    session.flushTo({ isReady: true, write });
    expect(lengths).toEqual([pendingBytes]);
    expect(session.pendingBytes).toBe(0);
  });

  it('is never written to again', () => {
    const { session } = startServer();
    session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
    const [first] = session.takeOutput();
    const before = Buffer.from(first ?? []);
    for (let turn = 0; turn < 1_000; turn++) session.push(frame(FRAME.ping, 0, 0, '87654321'), 0);
    expect(Buffer.from(first ?? [])).toEqual(before);
  });
});

describe('a client', () => {
  function started() {
    const owner = new RecordingOwner();
    const session = new ClientSession(owner, { scheme: 'http' });
    session.start();
    return { owner, session };
  }

  it('opens as many streams as the peer allows', () => {
    const { owner, session } = started();
    expect(session.capacity).toBe(100);
    session.push(settings([3, 2]), 0);
    expect(owner.capacities).toBe(1);
    const first = session.openStream();
    expect(session.openStream()).toBeDefined();
    expect(session.openStream()).toBeUndefined();
    first?.reset(ERROR.cancel);
    expect(owner.capacities).toBe(2);
    expect(session.openStream()).toBeDefined();
    session.push(settings([3, 1]), 0);
    expect(session.capacity).toBe(-1);
  });

  it('numbers streams in the order in which their heads are sent', () => {
    const pair = new Pair();
    const first = pair.open();
    const second = pair.open();
    second.stream.sendRequestHead(http1Request(plainGet), passOn, true);
    first.stream.sendRequestHead(http1Request(plainGet), passOn, true);
    expect([first.stream.id, second.stream.id]).toEqual([3, 1]);
    pair.exchange();
    expect(pair.serverOwner.failure).toBeUndefined();
  });

  it('learns whether the peer takes extended CONNECT', () => {
    const { session } = started();
    session.push(settings([8, 1]), 0);
    expect(session.allowsConnectProtocol).toBe(true);
  });

  it('tells of streams that the peer did not process', () => {
    const pair = new Pair();
    const opened = [pair.open(), pair.open(), pair.open()];
    const unsent = pair.open();
    for (const { stream } of opened) stream.sendRequestHead(http1Request(plainGet), passOn, true);
    pair.client.push(goAway(3, ERROR.none), 0);
    expect(opened.map(({ handler }) => handler.reset)).toEqual([
      undefined,
      undefined,
      { code: ERROR.refusedStream, untouched: true },
    ]);
    expect(pair.clientOwner.goAway).toBe(ERROR.none);
    expect(pair.client.openStream()).toBeUndefined();
    unsent.stream.sendRequestHead(http1Request(plainGet), passOn, true);
    expect(unsent.handler.reset).toEqual({ code: ERROR.refusedStream, untouched: true });
    for (const { stream } of opened) stream.reset(ERROR.cancel);
    expect(pair.clientOwner.drained).toBe(1);
  });

  it('tells of a stream that the peer refused as untouched', () => {
    const pair = new Pair();
    const { stream, handler } = pair.open();
    stream.sendRequestHead(http1Request(plainGet), passOn, true);
    pair.client.push(rst(1, ERROR.refusedStream), 0);
    expect(handler.reset).toEqual({ code: ERROR.refusedStream, untouched: true });
  });

  it('keeps a complete answer when the rest of its request is not wanted', () => {
    const pair = new Pair();
    const { stream, handler } = pair.open();
    stream.sendRequestHead(http1Request(plainPost), passOn, false);
    expect(send(stream, 'x'.repeat(300_000))).toBe(false);
    pair.client.push(headers(1, [[':status', '413']], ended), 0);
    pair.client.push(rst(1, ERROR.none), 0);
    expect(handler).toMatchObject({ ended: true, reset: undefined, windows: 1 });
    expect(stream.isClosed).toBe(true);
  });
});

it('a caller who resets without an error has given up like any other, whose request must not go on unseen', () => {
  const { owner, session } = startServer();
  session.push(headers(1, get, ended), 0);
  session.push(rst(1, ERROR.none), 0);
  expect(owner.handlers[0]?.reset).toEqual({ code: ERROR.none, untouched: false });
  expect(session.streamCount).toBe(0);
});

describe('a stream is closed', () => {
  it('when the end of both sides is told, so that nothing has to be reset', () => {
    const pair = new Pair();
    pair.serverOwner.accept = (stream, handler) => {
      handler.onEnd = () => stream.sendPlainHead(204, '', true);
    };
    const { stream, handler } = pair.open();
    handler.onEnd = () => {
      expect(stream.isClosed).toBe(true);
      stream.reset(ERROR.cancel);
    };
    stream.sendRequestHead(http1Request(plainGet), passOn, true);
    pair.exchange();
    expect(pair.client.streamCount).toBe(0);
    expect(pair.last.handler.reset).toBeUndefined();
    expect(pair.server.flood.totals[FLOOD.reset]).toBe(0);
  });

  it('without an error only behind the answer', () => {
    const { owner, session } = startServer();
    session.push(headers(1, post), 0);
    const [stream] = owner.streams;
    stream?.sendPlainHead(200, '', false);
    if (stream !== undefined) send(stream, 'x'.repeat(65_540));
    stream?.sendEnd(undefined);
    stream?.reset(ERROR.none);
    take(session);
    session.push(Buffer.concat([windowUpdate(0, 9), windowUpdate(1, 9)]), 0);
    expect(take(session)).toMatchObject([
      { type: FRAME.data, payload: Buffer.from('xxxxx'), flags: FLAG.endStream },
      { type: FRAME.rstStream, payload: uint32(ERROR.none) },
    ]);
    expect(session.streamCount).toBe(0);
  });
});

describe('PING', () => {
  it('measures the way there and back', () => {
    const pair = new Pair();
    pair.client.heartbeat.ping(1_000);
    expect(pair.client.heartbeat.sentAtMs).toBe(1_000);
    pair.now = 1_007;
    pair.exchange();
    expect(pair.client.heartbeat).toMatchObject({ sentAtMs: -1, roundTripMs: 7 });
  });

  it('is not sent twice', () => {
    const pair = new Pair();
    pair.client.heartbeat.ping(1);
    pair.client.heartbeat.ping(2);
    expect(take(pair.client)).toHaveLength(1);
  });
});

describe('shutting down', () => {
  it('takes what was on its way, then says where it stopped', () => {
    const { owner, session } = startServer();
    session.push(headers(1, post), 0);
    session.shutDown();
    const [announced, ping] = take(session);
    expect(announced?.payload.readUInt32BE(0)).toBe(2 ** 31 - 1);
    session.push(headers(3, post), 0);
    expect(owner.handlers).toHaveLength(2);
    session.push(frame(FRAME.ping, 1, 0, ping?.payload ?? ''), 0);
    expect(take(session)[0]?.payload.readUInt32BE(0)).toBe(3);
    // What comes now is not taken, and not held against the peer.
    session.push(Buffer.concat([headers(5, post), data(5, 'abc'), headers(5, [['x', '1']], ended)]), 0);
    expect(owner).toMatchObject({ failure: undefined, drained: 0 });
    expect(owner.handlers).toHaveLength(2);
    for (const stream of owner.streams) stream.reset(ERROR.cancel);
    expect(owner.drained).toBe(1);
  });

  it('of both sides loses nothing', () => {
    const pair = new Pair();
    pair.serverOwner.accept = (stream, handler) => {
      handler.onEnd = () => stream.sendPlainHead(204, '', true);
    };
    const first = pair.open();
    first.stream.sendRequestHead(http1Request(plainPost), passOn, false);
    pair.exchange();
    const second = pair.open();
    second.stream.sendRequestHead(http1Request(plainGet), passOn, true);
    pair.server.shutDown();
    pair.exchange();
    expect(pair.client.openStream()).toBeUndefined();
    expect(second.handler.head).toMatchObject({ status: 204 });
    first.stream.sendEnd(undefined);
    pair.exchange();
    expect(first.handler.ended).toBe(true);
    expect(pair.serverOwner.drained).toBe(1);
    expect(pair.clientOwner.drained).toBe(1);
  });

  it('ends every stream when the connection is aborted or lost', () => {
    for (const end of ['abort', 'lose'] as const) {
      const { owner, session } = startServer();
      session.push(headers(1, post), 0);
      session[end]();
      expect(owner.handlers[0]?.reset?.untouched).toBe(false);
      expect(session.streamCount).toBe(0);
      expect(take(session)).toHaveLength(end === 'abort' ? 1 : 0);
      session.push(headers(3, post), 0);
      expect(owner.handlers).toHaveLength(1);
    }
  });
});

it('uses heads again when their streams are over', () => {
  const { owner, session } = startServer();
  owner.accept = (stream, handler) => {
    handler.onEnd = () => stream.sendPlainHead(204, '', true);
  };
  for (const id of [1, 3, 5]) session.push(headers(id, get, ended), 0);
  expect(new Set(owner.streams.map(({ head }) => head)).size).toBe(1);
});

it('finds streams that outlive many others', () => {
  const { owner, session } = startServer();
  owner.accept = (stream, handler) => {
    if (stream.id > 1) handler.onEnd = () => stream.sendPlainHead(204, '', true);
  };
  session.push(headers(1, post), 0);
  for (let id = 3; id < 2_000; id += 2) session.push(headers(id, get, ended), 0);
  session.push(data(1, 'abc'), 0);
  expect(owner.handlers[0]?.body).toBe('abc');
  expect(session.streamCount).toBe(1);
  session.push(data(1, 'd', 1), 0);
  owner.streams[0]?.sendPlainHead(200, '', true);
  expect(session.streamCount).toBe(0);
});

it('sends a head that is larger than a frame', () => {
  const pair = new Pair();
  const { stream, handler } = pair.open();
  stream.sendRequestHead(http1Request(plainGet), passOn, true);
  pair.exchange();
  const fields = Array.from({ length: 5 }, (_, index) => [`x-${index}`, `${index}`.repeat(6_000)]);
  pair.last.stream.sendPlainHead(200, fields.map(([name, value]) => `${name}: ${value}\r\n`).join(''), true);
  pair.exchange();
  expect(handler.fields).toEqual(fields);
});
