import { describe, expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';
import { ERROR } from './error-codes.ts';
import { FLAG, FRAME } from './frame-header.ts';
import { data, ended, headers, post } from './frames.spec-support.ts';
import { http1Request, passOn, plainPost } from './heads.spec-support.ts';
import { Pair, RecordingHandler, send, serve, startServer, take } from './recording.spec-support.ts';

const kib = 1024;

describe('receiving', () => {
  const limits = { streamWindowBytes: 64 * kib, connectionWindowBytes: 128 * kib };
  const chunk = 'x'.repeat(16 * kib);

  function started() {
    const { owner, session } = startServer({ limits });
    session.push(headers(1, post), 0);
    const [stream] = owner.streams;
    const [handler] = owner.handlers;
    if (stream === undefined || handler === undefined) throw new Error('no stream');
    return { owner, session, stream, handler };
  }

  it('gives room back when half of it was used', () => {
    const { session } = started();
    session.push(data(1, chunk), 0);
    expect(take(session)).toEqual([]);
    session.push(data(1, chunk), 0);
    expect(take(session)).toMatchObject([{ type: FRAME.windowUpdate, stream: 1 }]);
    session.push(Buffer.concat([data(1, chunk), data(1, chunk)]), 0);
    expect(take(session).map(({ stream }) => stream)).toEqual([0, 1]);
  });

  it('gives none while the stream is paused, and keeps what comes', () => {
    const { session, stream, handler } = started();
    stream.pause();
    for (let turn = 0; turn < 4; turn++) session.push(data(1, chunk), 0);
    expect(take(session)).toEqual([]);
    expect(handler.body).toBe('');
    expect(stream.heldBytes).toBe(64 * kib);
    session.push(data(1, 'a'), 0);
    expect(handler.reset?.code).toBe(ERROR.flowControl);
  });

  it('goes on where it stood, with end and trailers behind the data', () => {
    const { session, stream, handler } = started();
    stream.pause();
    session.push(Buffer.concat([data(1, 'abc'), data(1, 'def'), headers(1, [['x', '1']], ended)]), 0);
    // Another stream's trailers must not touch those that wait.
    session.push(Buffer.concat([headers(3, post), headers(3, [['y', '2']], ended)]), 0);
    expect(handler).toMatchObject({ body: '', ended: false });
    stream.resume();
    expect(handler).toMatchObject({ body: 'abcdef', ended: true, trailers: [['x', '1']] });
  });

  it('stops again when told to while it goes on', () => {
    const { session, stream, handler } = started();
    stream.pause();
    const large = 'y'.repeat(8 * kib);
    session.push(Buffer.concat([data(1, large), data(1, large), data(1, '', FLAG.endStream)]), 0);
    handler.onData = (bytes, start, end) => {
      handler.body += bytes.toString('latin1', start, end);
      stream.pause();
    };
    stream.resume();
    expect(handler.body).toHaveLength(8 * kib);
    stream.resume();
    expect(handler.body).toHaveLength(16 * kib);
    expect(handler.ended).toBe(true);
  });

  it('gives an end without data before it also to a paused stream', () => {
    const { session, stream, handler } = started();
    stream.pause();
    session.push(data(1, '', FLAG.endStream), 0);
    expect(handler.ended).toBe(true);
  });

  it('still gives what waits when both sides have ended', () => {
    const { session, stream, handler } = started();
    stream.pause();
    session.push(data(1, 'abc', FLAG.endStream), 0);
    stream.sendPlainHead(200, '', true);
    expect(session.streamCount).toBe(0);
    stream.resume();
    expect(handler).toMatchObject({ body: 'abc', ended: true });
  });

  it('counts padding, and gives it back', () => {
    const { session } = started();
    for (let turn = 0; turn < 200; turn++) {
      session.push(data(1, `\xff${'\0'.repeat(255)}`, FLAG.padded), 0);
    }
    const given = take(session).filter(({ stream }) => stream === 1);
    expect(given.length).toBe(1);
  });

  it('refuses more than the window of the connection', () => {
    const { owner, session } = startServer({ limits });
    owner.accept = (stream) => stream.pause();
    for (const id of [1, 3, 5]) {
      session.push(headers(id, post), 0);
      for (let turn = 0; turn < 4; turn++) session.push(data(id, chunk), 0);
    }
    expect(owner.failure).toBe('window-exceeded');
  });

  it('gives the room of a stream that is dropped back to the connection', () => {
    const { session, stream } = started();
    stream.pause();
    for (let turn = 0; turn < 4; turn++) session.push(data(1, chunk), 0);
    stream.reset(ERROR.cancel);
    const update = take(session).find(({ type }) => type === FRAME.windowUpdate);
    expect(update).toMatchObject({ stream: 0 });
    expect(update?.payload.readUInt32BE(0)).toBe(64 * kib);
  });

  it('gives the room of data for nobody back', () => {
    const { session, frames } = serve([headers(1, post)], { limits });
    expect(frames).toEqual([]);
    session.streams.list()[0]?.reset(ERROR.cancel);
    for (let turn = 0; turn < 4; turn++) session.push(data(1, chunk), 0);
    const update = take(session).find(({ type }) => type === FRAME.windowUpdate);
    expect(update).toMatchObject({ stream: 0 });
  });
});

it('carries any amount over small windows', () => {
  const limits = { streamWindowBytes: 1_000, connectionWindowBytes: 65_535 };
  const pair = new Pair({ client: { limits }, server: { limits } });
  pair.serverOwner.accept = (stream, handler) => {
    handler.onHead = () => stream.sendPlainHead(200, '', false);
    handler.onData = (bytes, start, end) => void stream.sendData(bytes, start, end);
    handler.onEnd = () => stream.sendEnd(undefined);
  };
  const bodies = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(3_000 + index * 500));
  const handlers = bodies.map((body) => {
    const { stream, handler } = pair.open();
    stream.sendRequestHead(http1Request(plainPost), passOn, false);
    send(stream, body);
    stream.sendEnd(undefined);
    return handler;
  });
  pair.exchange();
  expect(handlers.map(({ body }) => body)).toEqual(bodies);
  expect(handlers.every((handler) => handler.ended)).toBe(true);
  expect(pair.client.streamCount).toBe(0);
  expect(pair.server.streamCount).toBe(0);
});

it('holds small parts without a buffer for each', () => {
  const queue = new ByteQueue();
  const one = Buffer.from('ab');
  for (let count = 0; count < 10_000; count++) queue.add(one, 0, 1);
  let pieces = 0;
  let text = '';
  while (queue.size > 0) {
    const { bytes, start, end } = queue;
    text += bytes.toString('latin1', start, end);
    queue.advance(end - start);
    pieces++;
  }
  expect(text).toBe('a'.repeat(10_000));
  expect(pieces).toBeLessThan(10);
});

it('does nothing on a stream that is over', () => {
  const { owner, session } = startServer();
  session.push(headers(1, post), 0);
  const [stream] = owner.streams;
  if (stream === undefined) throw new Error('no stream');
  stream.handler = new RecordingHandler();
  stream.reset(ERROR.cancel);
  take(session);
  stream.sendPlainHead(200, '', false);
  expect(send(stream, 'abc')).toBe(true);
  stream.sendEnd(undefined);
  stream.reset(ERROR.cancel);
  stream.resume();
  expect(take(session)).toEqual([]);
});
