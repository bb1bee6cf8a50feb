import { describe, expect, it } from 'vitest';
import { ERROR } from './error-codes.ts';
import { FLOOD } from './flood-guard.ts';
import { FLAG, FRAME } from './frame-header.ts';
import {
  block,
  data,
  ended,
  type Fields,
  frame,
  get,
  headers,
  post,
  rst,
  settings,
  uint32,
  windowUpdate,
} from './frames.spec-support.ts';
import { serve, startServer, take } from './recording.spec-support.ts';

const long = (bytes: number): Fields => [...get, ['x-long', 'a'.repeat(bytes)]];
const many = (count: number): Fields => [
  ...get,
  ...Array.from({ length: count }, (_, index): [string, string] => [`x-${index}`, '1']),
];

describe('a head that is too large', () => {
  it.each<[string, Fields]>([
    ['in bytes', long(4_000)],
    ['in fields', many(20)],
  ])('%s is answered with 431', (_what, fields) => {
    const limits = { maxHeadBytes: 4_096, maxFields: 16 };
    const { owner, frames } = serve([headers(1, fields, ended), headers(3, get, ended)], { limits });
    expect(frames).toMatchObject([{ type: FRAME.headers, stream: 1, flags: ended }]);
    expect(owner.handlers).toHaveLength(1);
    expect(owner.failure).toBeUndefined();
  });

  it('leaves the rest of its request unread', () => {
    const { resets } = serve([headers(1, many(200)), data(1, 'a', FLAG.endStream)]);
    expect(resets).toEqual([[1, ERROR.none]]);
  });

  it('still changes the table for those behind it', () => {
    const indexed = Buffer.concat([Buffer.of(0x40), block([['x-in', '1']]).subarray(1)]);
    const tooLarge = Buffer.concat([block(many(200)), indexed]);
    const next = Buffer.concat([block(get), Buffer.of(0x80 | 62)]);
    const { owner } = serve([frame(FRAME.headers, ended, 1, tooLarge), frame(FRAME.headers, ended, 3, next)]);
    expect(owner.handlers[0]?.fields).toEqual([['x-in', '1']]);
  });

  it('is measured by what it decodes to', () => {
    const entry = Buffer.concat([Buffer.of(0x40), block([['x-bomb', 'a'.repeat(3_900)]]).subarray(1)]);
    const bomb = Buffer.concat([block(get), entry, Buffer.alloc(8_000, 0x80 | 62)]);
    const { owner, frames } = serve([frame(FRAME.headers, ended, 1, bomb)]);
    expect(owner.handlers).toHaveLength(0);
    expect(frames).toMatchObject([{ type: FRAME.headers, flags: ended }]);
  });

  it('is not waited for', () => {
    const part = Buffer.alloc(16_000);
    const pieces = [frame(FRAME.headers, 0, 1, part), frame(FRAME.continuation, 0, 1, part)];
    const { owner } = serve([...pieces, frame(FRAME.continuation, 0, 1, part)]);
    expect(owner.failure).toBe('head-too-large');
  });

  it('is not waited for in many small frames', () => {
    const more = Array.from({ length: 9 }, () => frame(FRAME.continuation, 0, 1));
    expect(serve([frame(FRAME.headers, 0, 1), ...more]).owner.failure).toBe('too-many-continuations');
  });

  it('resets a stream for its trailers', () => {
    const trailers = many(40).slice(4);
    expect(serve([headers(1, post), headers(1, trailers, ended)]).resets).toEqual([
      [1, ERROR.enhanceYourCalm],
    ]);
  });
});

it('refuses streams beyond their number, and takes more when one has ended', () => {
  const { owner, session } = startServer({ limits: { maxStreams: 2 } });
  for (const id of [1, 3, 5]) session.push(headers(id, post), 0);
  expect(take(session)).toMatchObject([
    { type: FRAME.rstStream, stream: 5, payload: uint32(ERROR.refusedStream) },
  ]);
  expect(session.streamCount).toBe(2);
  owner.streams[0]?.reset(ERROR.cancel);
  session.push(headers(7, post), 0);
  expect(session.streamCount).toBe(2);
  expect(owner.handlers).toHaveLength(3);
});

/** Opens a stream, complete, and sends one frame more for it. */
function provoked(more: (id: number) => Buffer): (turn: number) => Buffer {
  return (turn) => Buffer.concat([headers(1 + turn * 2, get, ended), more(1 + turn * 2)]);
}

const priority = (id: number, dependency: number) =>
  frame(FRAME.priority, 0, id, Buffer.concat([uint32(dependency), Buffer.of(0)]));

describe('in one second there may not be too many', () => {
  it.each<[string, string, (turn: number) => Buffer]>([
    ['resets', 'reset-flood', (turn) => Buffer.concat([headers(1 + turn * 2, post), rst(1 + turn * 2, 8)])],
    ['streams that we have to reset', 'reset-flood', (turn) => headers(1 + turn * 2, get.slice(1), ended)],
    ['streams beyond the limit', 'reset-flood', (turn) => headers(1 + turn * 2, post)],
    [
      'lengths that are not kept',
      'reset-flood',
      (turn) => {
        const id = 1 + turn * 2;
        return Buffer.concat([headers(id, [...post, ['content-length', '1']]), data(id, 'ab')]);
      },
    ],
    // What follows makes a server reset its streams with frames alone that break rules (CVE-2025-8671).
    ['increments of zero', 'reset-flood', provoked((id) => windowUpdate(id, 0))],
    ['windows beyond their bound', 'reset-flood', provoked((id) => windowUpdate(id, 2 ** 31 - 1))],
    ['streams that depend on themselves', 'reset-flood', provoked((id) => priority(id, id))],
    ['priorities of a wrong size', 'reset-flood', provoked((id) => frame(FRAME.priority, 0, id, 'a'))],
    ['data behind an end', 'reset-flood', provoked((id) => data(id, 'a'))],
    ['heads behind an end', 'reset-flood', provoked((id) => headers(id, get, ended))],
    ['SETTINGS', 'settings-flood', () => settings([3, 1])],
    ['PINGs', 'ping-flood', () => frame(FRAME.ping, 0, 0, '12345678')],
    ['PRIORITY frames', 'priority-flood', () => priority(9, 0)],
    ['WINDOW_UPDATEs', 'window-update-flood', () => windowUpdate(0, 1)],
    ['empty DATA frames', 'empty-frame-flood', (turn) => (turn === 0 ? headers(1, post) : data(1, ''))],
    ['unknown frames', 'empty-frame-flood', () => frame(0xee, 0, 0)],
    // RFC 9218 section 7.1.
    ['PRIORITY_UPDATE frames', 'empty-frame-flood', () => frame(0x10, 0, 0, Buffer.alloc(9))],
    ['GOAWAY frames', 'empty-frame-flood', () => frame(FRAME.goAway, 0, 0, Buffer.alloc(8))],
  ])('%s', (_what, reason, make) => {
    // Frames that make us reset a stream are counted as what they are, too.
    const others = reason === 'reset-flood' ? 1_000 : 50;
    const limits = {
      maxStreams: 10,
      maxResetsPerSecond: 50,
      maxSettingsPerSecond: 50,
      maxPingsPerSecond: 50,
      maxPrioritiesPerSecond: others,
      maxWindowUpdatesPerSecond: others,
      maxEmptyFramesPerSecond: 50,
    };
    const flooded = startServer({ limits });
    for (let turn = 0; turn < 62; turn++) flooded.session.push(make(turn), turn * 10);
    expect(flooded.owner.failure).toBe(reason);
    const slow = startServer({ limits });
    for (let turn = 0; turn < 62; turn++) slow.session.push(make(turn), turn * 30);
    expect(slow.owner.failure).toBeUndefined();
  });

  it('but callers may give up in crowds', () => {
    const { owner, session } = startServer({ limits: { maxResetsPerSecond: 5 } });
    for (let turn = 0; turn < 50; turn++) session.push(headers(1 + turn * 2, post), 0);
    for (let turn = 0; turn < 50; turn++) session.push(rst(1 + turn * 2, 8), 200);
    expect(owner.failure).toBeUndefined();
  });

  it('and what came is counted', () => {
    const { session } = serve([headers(1, post), rst(1, 8), headers(3, get.slice(1), ended)]);
    expect(session.flood.totals[FLOOD.reset]).toBe(2);
    expect([...session.flood.refusals]).toEqual([['malformed-message', 1]]);
  });
});

describe('a peer that reads nothing', () => {
  it('cannot make us write without end', () => {
    const { owner, session } = startServer({ limits: { maxUnreadBytes: 1_000 } });
    session.setWritable(false);
    for (let turn = 0; turn < 100; turn++) {
      session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
      session.takeOutput();
    }
    expect(owner.failure).toBe('unread-output');
  });

  it('cannot do so with requests either', () => {
    const { owner, session } = startServer({ limits: { maxUnreadBytes: 1_000 } });
    owner.accept = (stream, handler) => {
      handler.onEnd = () => stream.sendPlainHead(200, 'x: abcdefgh\r\n', true);
    };
    session.setWritable(false);
    for (let turn = 0; turn < 200; turn++) session.push(headers(1 + turn * 2, get, ended), 0);
    expect(owner.failure).toBe('unread-output');
    expect(session.pendingBytes).toBeLessThan(2_000);
  });

  it('is counted anew once it reads', () => {
    const { owner, session } = startServer({ limits: { maxUnreadBytes: 1_000 } });
    for (let turn = 0; turn < 100; turn++) {
      session.setWritable(turn % 2 === 0);
      session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
    }
    expect(owner.failure).toBeUndefined();
  });
});

it('says what has come in part', () => {
  const { session } = startServer();
  expect(session.isMidFrame).toBe(false);
  const request = headers(1, get, ended);
  session.push(request.subarray(0, 20), 0);
  expect(session.isMidFrame).toBe(true);
  session.push(request.subarray(20), 0);
  expect(session.isMidFrame).toBe(false);
  session.push(frame(FRAME.headers, 0, 3, block(get)), 0);
  expect(session.isMidFrame).toBe(true);
});
