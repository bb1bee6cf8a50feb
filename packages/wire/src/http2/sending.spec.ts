import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveSlab } from '../http/slabs.ts';
import { FLAG, FRAME } from './frame-header.ts';
import { ended, get, headers, readFrames, settings, windowUpdate } from './frames.spec-support.ts';
import { send, startServer, take } from './recording.spec-support.ts';

/** DATA frames of what a session wrote: stream and length. */
function dataSent(session: Parameters<typeof take>[0]): [number, number][] {
  return take(session)
    .filter(({ type }) => type === FRAME.data)
    .map(({ stream, payload }) => [stream, payload.length]);
}

function request(session: ReturnType<typeof startServer>['session'], id: number): void {
  session.push(headers(id, get, ended), 0);
}

function answer(stream: { sendPlainHead(status: number, lines: string, ended: boolean): void }): void {
  stream.sendPlainHead(200, '', false);
}

describe('sending', () => {
  it('stays within the window of the stream, and goes on with it', () => {
    const { owner, session } = startServer();
    request(session, 1);
    const [stream] = owner.streams;
    const [handler] = owner.handlers;
    if (stream === undefined || handler === undefined) throw new Error('no stream');
    answer(stream);
    expect(send(stream, 'x'.repeat(70_000))).toBe(false);
    expect(stream.isBlocked).toBe(true);
    expect(dataSent(session).reduce((sum, [, length]) => sum + length, 0)).toBe(65_535);
    session.push(windowUpdate(0, 100_000), 0);
    expect(dataSent(session)).toEqual([]);
    session.push(windowUpdate(1, 4_000), 0);
    expect(dataSent(session)).toEqual([[1, 4_000]]);
    expect(handler.windows).toBe(0);
    session.push(windowUpdate(1, 4_000), 0);
    expect(dataSent(session)).toEqual([[1, 465]]);
    expect(handler.windows).toBe(1);
    expect(stream.isBlocked).toBe(false);
  });

  it('ends the stream behind what was queued', () => {
    const { owner, session } = startServer();
    request(session, 1);
    const [stream] = owner.streams;
    if (stream === undefined) throw new Error('no stream');
    answer(stream);
    send(stream, 'x'.repeat(65_536));
    stream.sendEnd(undefined);
    take(session);
    session.push(Buffer.concat([windowUpdate(0, 9), windowUpdate(1, 9)]), 0);
    expect(take(session)).toMatchObject([{ type: FRAME.data, flags: FLAG.endStream, stream: 1 }]);
    expect(stream.isClosed).toBe(true);
    expect(session.streamCount).toBe(0);
  });

  it('says the end with the last frame when nothing left in between', () => {
    const { owner, session } = startServer();
    request(session, 1);
    request(session, 3);
    const [first, second] = owner.streams;
    if (first === undefined || second === undefined) throw new Error('no stream');
    answer(first);
    send(first, 'abc');
    first.sendEnd(undefined);
    answer(second);
    second.sendEnd(undefined);
    expect(take(session)).toMatchObject([
      { type: FRAME.headers, flags: FLAG.endHeaders, stream: 1 },
      { type: FRAME.data, flags: FLAG.endStream, stream: 1, payload: Buffer.from('abc') },
      { type: FRAME.headers, flags: ended, stream: 3 },
    ]);
  });

  it('says the end in a frame of its own when the last one has left', () => {
    const { owner, session } = startServer();
    request(session, 1);
    const [stream] = owner.streams;
    if (stream === undefined) throw new Error('no stream');
    answer(stream);
    send(stream, 'abc');
    take(session);
    stream.sendEnd(undefined);
    expect(take(session)).toMatchObject([{ type: FRAME.data, flags: FLAG.endStream, payload: Buffer.of() }]);
  });

  it('lets streams take turns at the window of the connection', () => {
    const { owner, session } = startServer();
    session.push(settings([4, 1_000_000]), 0);
    for (const id of [1, 3, 5]) request(session, id);
    for (const stream of owner.streams) {
      answer(stream);
      send(stream, 'x'.repeat(100_000));
    }
    expect(dataSent(session).every(([stream]) => stream === 1)).toBe(true);
    session.push(windowUpdate(0, 6 * 16_384), 0);
    expect(dataSent(session).map(([stream]) => stream)).toEqual([1, 3, 5, 1, 3, 5]);
  });

  it('follows changes of the initial window, also below zero', () => {
    const { owner, session } = startServer();
    request(session, 1);
    const [stream] = owner.streams;
    if (stream === undefined) throw new Error('no stream');
    answer(stream);
    send(stream, 'x'.repeat(10));
    session.push(settings([4, 5]), 0);
    send(stream, 'y'.repeat(10));
    expect(dataSent(session)).toEqual([[1, 10]]);
    // 5 - 10 + 6 = 1.
    session.push(windowUpdate(1, 6), 0);
    expect(dataSent(session)).toEqual([[1, 1]]);
    session.push(settings([4, 7]), 0);
    expect(dataSent(session)).toEqual([[1, 2]]);
  });

  it('keeps data back while the socket takes nothing', () => {
    const { owner, session } = startServer();
    request(session, 1);
    const [stream] = owner.streams;
    const [handler] = owner.handlers;
    if (stream === undefined) throw new Error('no stream');
    session.setWritable(false);
    answer(stream);
    expect(send(stream, 'abc')).toBe(false);
    expect(dataSent(session)).toEqual([]);
    session.setWritable(true);
    expect(dataSent(session)).toEqual([[1, 3]]);
    expect(handler?.windows).toBe(1);
  });

  it('writes frames no larger than the peer takes', () => {
    const { owner, session } = startServer();
    session.push(settings([5, 20_000]), 0);
    request(session, 1);
    const [stream] = owner.streams;
    if (stream === undefined) throw new Error('no stream');
    answer(stream);
    send(stream, 'x'.repeat(50_000));
    expect(dataSent(session).map(([, length]) => length)).toEqual([20_000, 20_000, 10_000]);
  });

  it('takes what it is given when much waits for the socket, and asks for no more until there is room', () => {
    const { owner, session } = startServer();
    session.push(settings([4, 10_000_000]), 0);
    session.push(windowUpdate(0, 10_000_000), 0);
    for (const id of [1, 3]) request(session, id);
    const [first, second] = owner.streams;
    if (first === undefined || second === undefined) throw new Error('no stream');
    for (const stream of owner.streams) answer(stream);
    expect(send(first, 'x'.repeat(200_000))).toBe(true);
    expect(send(second, 'x'.repeat(200_000))).toBe(false);
    expect(send(first, 'x'.repeat(200_000))).toBe(false);
    expect([first.isBlocked, second.isBlocked]).toEqual([false, false]);
    // An end needs no room, and is said once.
    second.sendEnd(undefined);
    expect(owner.handlers.map(({ windows }) => windows)).toEqual([0, 1]);
    const ends = take(session).filter(({ flags, type }) => type === FRAME.data && flags === FLAG.endStream);
    expect(ends.map(({ stream }) => stream)).toEqual([3]);
    expect(owner.handlers.map(({ windows }) => windows)).toEqual([1, 1]);
    expect(take(session)).toEqual([]);
  });

  it('announces what leaves when there is room again', () => {
    const { owner, session } = startServer();
    session.push(settings([4, 10_000_000]), 0);
    session.push(windowUpdate(0, 300_000), 0);
    for (const id of [1, 3]) request(session, id);
    const [first, second] = owner.streams;
    if (first === undefined || second === undefined) throw new Error('no stream');
    for (const stream of owner.streams) answer(stream);
    send(first, 'x'.repeat(300_000));
    send(second, 'y'.repeat(100_000));
    session.push(windowUpdate(0, 1_000_000), 0);
    expect(second.isBlocked).toBe(true);
    const before = owner.outputs;
    session.takeOutput();
    expect(owner.outputs).toBe(before + 1);
    expect(dataSent(session).reduce((sum, [, length]) => sum + length, 0)).toBeGreaterThan(0);
    expect(second.isBlocked).toBe(false);
  });

  it('carries bodies whole and in order over a socket that takes little by little', () => {
    const size = fc.oneof(fc.nat(30), fc.nat(20_000), fc.nat(200_000));
    const step = fc.record({ stream: fc.nat(3), size, writes: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const { owner, session } = startServer();
        session.push(settings([4, 20_000_000]), 0);
        session.push(windowUpdate(0, 20_000_000), 0);
        for (const id of [1, 3, 5, 7]) request(session, id);
        for (const stream of owner.streams) answer(stream);
        const written: Uint8Array[] = [];
        const flush = (writes: number) => {
          let left = writes;
          session.flushTo({
            get isReady() {
              return left > 0;
            },
            write(slab, length) {
              left--;
              written.push(Buffer.from(slab.subarray(0, length)));
              giveSlab(slab);
            },
          });
        };
        const sent = ['', '', '', ''];
        steps.forEach(({ stream, size, writes }, index) => {
          const bytes = Buffer.alloc(size, String.fromCharCode(97 + (index % 26)));
          sent[stream] += bytes.toString('latin1');
          owner.streams[stream]?.sendData(bytes, 0, size);
          bytes.fill(0x58);
          flush(writes);
        });
        for (const stream of owner.streams) stream.sendEnd(undefined);
        while (session.pendingBytes > 0) flush(1);
        const frames = readFrames(Buffer.concat(written)).filter(({ type }) => type === FRAME.data);
        for (const [index, text] of sent.entries()) {
          const own = frames.filter(({ stream }) => stream === 1 + index * 2);
          expect(Buffer.concat(own.map(({ payload }) => payload)).toString('latin1') === text).toBe(true);
          expect(own.map(({ flags }) => flags & FLAG.endStream).slice(0, -1)).not.toContain(FLAG.endStream);
        }
        expect(session.streamCount).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
