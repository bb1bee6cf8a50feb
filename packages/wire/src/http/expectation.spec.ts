import { describe, expect, it } from 'vitest';
import { serialiseRequestHead } from '../http1/serialise.ts';
import { ended, type Fields, headers, post } from '../http2/frames.spec-support.ts';
import { http1Request, passOn } from '../http2/heads.spec-support.ts';
import { serve } from '../http2/recording.spec-support.ts';
import type { RequestHead } from './message-head.ts';

const expectation = 'Expect: 100-Continue\r\n';

/** What the next server reads of the expectation, and whether an interim answer is due. */
function passedOn(head: RequestHead): [expects: boolean, field: boolean] {
  return [head.expectsContinue, /^expect:/im.test(serialiseRequestHead(head, passOn, ''))];
}

function http2(fields: Fields, isEnded: boolean) {
  const { owner, frames } = serve([headers(1, fields, isEnded ? ended : undefined)]);
  const [stream] = owner.streams;
  return stream === undefined ? frames : passedOn(stream.head);
}

describe('an expectation is passed on where it means something', () => {
  const http1 = (rest: string) => passedOn(http1Request(rest));

  it('with content', () => {
    expect(http1(`POST / HTTP/1.1\r\nHost: a\r\n${expectation}Content-Length: 3\r\n\r\n`)).toEqual([
      true,
      true,
    ]);
    expect(http1(`POST / HTTP/1.1\r\nHost: a\r\n${expectation}Transfer-Encoding: chunked\r\n\r\n`)).toEqual([
      true,
      true,
    ]);
    expect(http2([...post, ['expect', '100-continue']], false)).toEqual([true, true]);
  });

  it('not without content', () => {
    expect(http1(`GET / HTTP/1.1\r\nHost: a\r\n${expectation}\r\n`)).toEqual([false, false]);
    expect(http1(`POST / HTTP/1.1\r\nHost: a\r\n${expectation}Content-Length: 0\r\n\r\n`)).toEqual([
      false,
      false,
    ]);
    expect(http2([...post, ['expect', '100-continue']], true)).toEqual([false, false]);
    expect(http2([...post, ['content-length', '0'], ['expect', '100-continue']], false)).toEqual([
      false,
      false,
    ]);
  });

  it('not with a tunnel', () => {
    const connect = post.map(([name, value]): [string, string] => [
      name,
      name === ':method' ? 'CONNECT' : value,
    ]);
    expect(http2([...connect, [':protocol', 'websocket'], ['expect', '100-continue']], false)).toEqual([
      false,
      false,
    ]);
  });

  it('not from HTTP/1.0, which leaves as HTTP/1.1', () => {
    expect(http1(`POST / HTTP/1.0\r\nHost: a\r\n${expectation}Content-Length: 3\r\n\r\n`)).toEqual([
      false,
      false,
    ]);
  });
});

it.each([
  ['100-continue', '100-continue'],
  ['100-continue', 'x'],
  ['x', '100-continue'],
  ['100-continue, 100-continue'],
  ['100-continue;q=1'],
  [''],
])('%s %s is refused in either version', (...values) => {
  const lines = values.map((value) => `Expect: ${value}\r\n`).join('');
  expect(() => http1Request(`POST / HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: 3\r\n\r\n`)).toThrow(
    /expectation/,
  );
  const fields = values.map((value): [string, string] => ['expect', value]);
  expect(http2([...post, ...fields], true)).toMatchObject([{ stream: 1, flags: ended }]);
});
