import { describe, expect, it } from 'vitest';
import { ERROR } from './error-codes.ts';
import { FLAG, FRAME } from './frame-header.ts';
import {
  block,
  clientPreface,
  data,
  ended,
  frame,
  get,
  headers,
  post,
  rst,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from './frames.spec-support.ts';
import { defaultLimits } from './limits.ts';
import { RecordingOwner, serve, startServer, take } from './recording.spec-support.ts';
import { ServerSession } from './server-session.ts';

const getBlock = block(get);
const half = Math.floor(getBlock.length / 2);
const priority = Buffer.concat([uint32(1), Buffer.of(15)]);

const connectionErrors: [string, Buffer[], number, string][] = [
  ['DATA on stream 0', [data(0, 'a')], ERROR.protocol, 'invalid-stream-id'],
  ['DATA on an idle stream', [data(1, 'a')], ERROR.protocol, 'idle-stream'],
  [
    'DATA padded beyond its end',
    [headers(1, post), data(1, '\x05ab', FLAG.padded)],
    ERROR.protocol,
    'invalid-padding',
  ],
  [
    'DATA without its padding length',
    [headers(1, post), data(1, '', FLAG.padded)],
    ERROR.frameSize,
    'invalid-frame-size',
  ],
  ['DATA behind both ends', [headers(1, get, ended), data(1, 'a')], ERROR.streamClosed, 'stream-closed'],
  ['HEADERS on stream 0', [headers(0, get)], ERROR.protocol, 'invalid-stream-id'],
  ['HEADERS on an even stream', [headers(2, get)], ERROR.protocol, 'invalid-stream-id'],
  ['HEADERS on a number passed by', [headers(5, get), headers(3, get)], ERROR.protocol, 'invalid-stream-id'],
  [
    'HEADERS behind both ends',
    [headers(1, get, ended), headers(1, get, ended)],
    ERROR.streamClosed,
    'stream-closed',
  ],
  [
    'HEADERS padded beyond their end',
    [frame(FRAME.headers, FLAG.endHeaders | FLAG.padded, 1, '\x09a')],
    ERROR.protocol,
    'invalid-padding',
  ],
  [
    'HEADERS too short for their priority',
    [frame(FRAME.headers, FLAG.endHeaders | FLAG.priority, 1, 'abc')],
    ERROR.frameSize,
    'invalid-frame-size',
  ],
  [
    'a frame inside a head',
    [frame(FRAME.headers, 0, 1, getBlock.subarray(0, half)), settingsAck],
    ERROR.protocol,
    'interrupted-head',
  ],
  [
    'an unknown frame inside a head',
    [frame(FRAME.headers, 0, 1, getBlock), frame(0xee, 0, 0, 'a')],
    ERROR.protocol,
    'interrupted-head',
  ],
  [
    'DATA inside a head',
    [frame(FRAME.headers, 0, 1, getBlock), data(1, 'a')],
    ERROR.protocol,
    'interrupted-head',
  ],
  [
    'a CONTINUATION of another stream',
    [frame(FRAME.headers, 0, 1, getBlock), frame(FRAME.continuation, 4, 3)],
    ERROR.protocol,
    'interrupted-head',
  ],
  [
    'CONTINUATION out of nothing',
    [frame(FRAME.continuation, FLAG.endHeaders, 1, getBlock)],
    ERROR.protocol,
    'unexpected-continuation',
  ],
  [
    'CONTINUATION behind a complete head',
    [headers(1, get), frame(FRAME.continuation, 4, 1)],
    ERROR.protocol,
    'unexpected-continuation',
  ],
  [
    'a block that cannot be decoded',
    [frame(FRAME.headers, ended, 1, Buffer.of(0x80))],
    ERROR.compression,
    'invalid-hpack',
  ],
  ['PRIORITY on stream 0', [frame(FRAME.priority, 0, 0, priority)], ERROR.protocol, 'invalid-stream-id'],
  ['PRIORITY of another size', [frame(FRAME.priority, 0, 1, 'abcd')], ERROR.frameSize, 'invalid-frame-size'],
  ['PRIORITY upon itself', [frame(FRAME.priority, 0, 1, priority)], ERROR.protocol, 'self-dependency'],
  ['RST_STREAM on stream 0', [rst(0, 8)], ERROR.protocol, 'invalid-stream-id'],
  ['RST_STREAM on an idle stream', [rst(1, 8)], ERROR.protocol, 'idle-stream'],
  [
    'RST_STREAM of another size',
    [headers(1, post), frame(FRAME.rstStream, 0, 1, 'abc')],
    ERROR.frameSize,
    'invalid-frame-size',
  ],
  ['SETTINGS on a stream', [frame(FRAME.settings, 0, 1)], ERROR.protocol, 'invalid-stream-id'],
  ['SETTINGS of another size', [frame(FRAME.settings, 0, 0, 'abcde')], ERROR.frameSize, 'invalid-frame-size'],
  [
    'an acknowledgement with settings',
    [frame(FRAME.settings, FLAG.ack, 0, '\0\0\0\0\0\0')],
    ERROR.frameSize,
    'invalid-frame-size',
  ],
  ['ENABLE_PUSH of 2', [settings([2, 2])], ERROR.protocol, 'invalid-setting'],
  ['a window of 2^31', [settings([4, 2 ** 31])], ERROR.flowControl, 'invalid-window-setting'],
  ['a frame size below 16,384', [settings([5, 16_383])], ERROR.protocol, 'invalid-setting'],
  ['a frame size of 2^24', [settings([5, 2 ** 24])], ERROR.protocol, 'invalid-setting'],
  ['CONNECT protocol taken back', [settings([8, 1], [8, 0])], ERROR.protocol, 'invalid-setting'],
  ['PUSH_PROMISE', [frame(FRAME.pushPromise, 4, 1, '\0\0\0\x02')], ERROR.protocol, 'unexpected-push'],
  ['PING on a stream', [frame(FRAME.ping, 0, 1, '12345678')], ERROR.protocol, 'invalid-stream-id'],
  ['PING of another size', [frame(FRAME.ping, 0, 0, '1234567')], ERROR.frameSize, 'invalid-frame-size'],
  ['GOAWAY on a stream', [frame(FRAME.goAway, 0, 1, uint32(0, 0))], ERROR.protocol, 'invalid-stream-id'],
  ['GOAWAY of another size', [frame(FRAME.goAway, 0, 0, uint32(0))], ERROR.frameSize, 'invalid-frame-size'],
  ['WINDOW_UPDATE on an idle stream', [windowUpdate(1, 1)], ERROR.protocol, 'idle-stream'],
  [
    'WINDOW_UPDATE of another size',
    [frame(FRAME.windowUpdate, 0, 0, 'abc')],
    ERROR.frameSize,
    'invalid-frame-size',
  ],
  ['WINDOW_UPDATE by nothing', [windowUpdate(0, 0)], ERROR.protocol, 'zero-increment'],
  ['a window beyond 2^31-1', [windowUpdate(0, 2 ** 31 - 1)], ERROR.flowControl, 'window-overflow'],
  [
    'a window that settings push beyond 2^31-1',
    [headers(1, post), windowUpdate(1, 2 ** 31 - 70_000), settings([4, 100_000])],
    ERROR.flowControl,
    'window-overflow',
  ],
  [
    'a frame that is too large',
    [frame(FRAME.ping, 0, 0, Buffer.alloc(defaultLimits.maxFrameBytes + 1))],
    ERROR.frameSize,
    'frame-too-large',
  ],
];

/** Answers every request at its end, so that streams close. */
function answering() {
  const { owner, session } = startServer();
  owner.accept = (stream, handler) => {
    handler.onEnd = () => stream.sendPlainHead(200, '', true);
  };
  return { owner, session };
}

describe('the connection is refused for', () => {
  it.each(connectionErrors)('%s', (_what, pieces, code, reason) => {
    const { owner, session } = answering();
    for (const piece of pieces) session.push(piece, 0);
    expect(owner.failure).toBe(reason);
    const goAway = take(session).find(({ type }) => type === FRAME.goAway);
    expect(goAway?.payload.readUInt32BE(4)).toBe(code);
    expect(session.streamCount).toBe(0);
    // Nothing is read any more.
    session.push(frame(FRAME.ping, 0, 0, '12345678'), 0);
    expect(take(session)).toEqual([]);
  });

  it.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'invalid-preface'],
    ['no SETTINGS', Buffer.concat([clientPreface.subarray(0, 24), headers(1, get)]), 'missing-settings'],
    ['DATA before SETTINGS', Buffer.concat([clientPreface.subarray(0, 24), data(1, '')]), 'missing-settings'],
    [
      'an acknowledgement first',
      Buffer.concat([clientPreface.subarray(0, 24), settingsAck]),
      'missing-settings',
    ],
  ])('%s', (_what, bytes, reason) => {
    const owner = new RecordingOwner();
    const session = new ServerSession(owner);
    session.start();
    session.push(bytes, 0);
    expect(owner.failure).toBe(reason);
  });
});

const dependsOnItself = frame(
  FRAME.headers,
  ended | FLAG.priority,
  1,
  Buffer.concat([uint32(1), Buffer.of(1), getBlock]),
);

describe('the stream is refused for', () => {
  it.each<[string, Buffer[], number]>([
    ['DATA behind its end', [headers(1, get, ended), data(1, 'a')], ERROR.streamClosed],
    ['HEADERS behind its end', [headers(1, get, ended), headers(1, get, ended)], ERROR.streamClosed],
    ['DATA behind a reset', [headers(1, post), rst(1, 8), data(1, 'a')], ERROR.streamClosed],
    ['HEADERS behind a reset', [headers(1, post), rst(1, 8), headers(1, get)], ERROR.streamClosed],
    ['a second head', [headers(1, post), headers(1, get)], ERROR.protocol],
    ['WINDOW_UPDATE by nothing', [headers(1, post), windowUpdate(1, 0)], ERROR.protocol],
    ['a window beyond 2^31-1', [headers(1, post), windowUpdate(1, 2 ** 31 - 1)], ERROR.flowControl],
    ['a head that depends on itself', [dependsOnItself], ERROR.protocol],
    ['PRIORITY upon itself', [headers(1, post), frame(FRAME.priority, 0, 1, priority)], ERROR.protocol],
    ['PRIORITY of another size', [headers(1, post), frame(FRAME.priority, 0, 1, 'a')], ERROR.frameSize],
  ])('%s', (_what, pieces, code) => {
    const { owner, resets } = serve(pieces);
    expect(resets).toEqual([[1, code]]);
    expect(owner.failure).toBeUndefined();
  });
});

describe('nothing is wrong with', () => {
  it.each<[string, Buffer[]]>([
    [
      'unknown frames, flags and settings',
      [frame(0xee, 0xff, 7, 'a'), frame(FRAME.settings, 0, 0, settings([0xff, 1]).subarray(9))],
    ],
    ['PRIORITY on an idle stream', [frame(FRAME.priority, 0, 9, priority)]],
    [
      'WINDOW_UPDATE and RST_STREAM on a closed stream',
      [headers(1, post), rst(1, 8), windowUpdate(1, 1), rst(1, 8)],
    ],
    ['PING answers nobody asked for', [frame(FRAME.ping, FLAG.ack, 0, '\0\0\0\x011234')]],
    ['GOAWAY with a reason', [frame(FRAME.goAway, 0, 0, Buffer.concat([uint32(0, 99), Buffer.from('why')]))]],
  ])('%s', (_what, pieces) => {
    const { owner, resets } = serve([...pieces, headers(11, get, ended)]);
    expect(owner.failure).toBeUndefined();
    expect(resets).toEqual([]);
    expect(owner.handlers.at(-1)?.ended).toBe(true);
  });

  it('reserved bits', () => {
    const request = headers(1, get, ended);
    request.writeUInt8(0x80, 5);
    expect(serve([request]).owner.handlers[0]?.ended).toBe(true);
  });

  it('frames for a stream that we reset, as the peer may not know', () => {
    const { owner, session } = startServer();
    owner.accept = (stream) => stream.reset(ERROR.cancel);
    const pieces = [headers(1, post), data(1, 'a'), headers(1, [['x', '1']], ended)];
    for (const piece of pieces) session.push(piece, 0);
    expect(take(session)).toHaveLength(1);
    expect(owner.failure).toBeUndefined();
  });
});

it('acknowledges SETTINGS and PING', () => {
  const { frames } = serve([settings([3, 1]), frame(FRAME.ping, 0, 0, '12345678')]);
  expect(frames).toMatchObject([
    { type: FRAME.settings, flags: FLAG.ack },
    { type: FRAME.ping, flags: FLAG.ack, payload: Buffer.from('12345678') },
  ]);
});
