import { describe, expect, it } from 'vitest';
import { ClientSession } from './client-session.ts';
import { ERROR } from './error-codes.ts';
import { FLAG, FRAME } from './frame-header.ts';
import { data, ended, type Fields, frame, headers, settings } from './frames.spec-support.ts';
import { http1Request, passOn, plainGet } from './heads.spec-support.ts';
import { RecordingHandler, RecordingOwner, take } from './recording.spec-support.ts';

describe('a response', () => {
  function answer(fields: Fields, flags: number = ended, request = plainGet) {
    const owner = new RecordingOwner();
    const session = new ClientSession(owner, { scheme: 'http' });
    session.start();
    session.push(settings(), 0);
    const stream = session.openStream();
    const handler = new RecordingHandler();
    if (stream === undefined) throw new Error('no stream');
    stream.handler = handler;
    stream.sendRequestHead(http1Request(request), passOn, true);
    take(session);
    session.push(headers(1, fields, flags), 0);
    return { handler, session, owner };
  }

  it.each<[string, Fields]>([
    ['no status', [['x', '1']]],
    [
      'two statuses',
      [
        [':status', '200'],
        [':status', '200'],
      ],
    ],
    ['a status that is no number', [[':status', '2x0']]],
    ['a status of two digits', [[':status', '20']]],
    ['a status above 599', [[':status', '600']]],
    ['a switch of protocols', [[':status', '101']]],
    [
      'a pseudo-field of requests',
      [
        [':status', '200'],
        [':path', '/'],
      ],
    ],
    [
      'TE',
      [
        [':status', '200'],
        ['te', 'trailers'],
      ],
    ],
    [
      'Connection',
      [
        [':status', '200'],
        ['connection', 'close'],
      ],
    ],
    ['an end at an interim head', [[':status', '103']]],
    [
      'a length that is not kept',
      [
        [':status', '200'],
        ['content-length', '1'],
      ],
    ],
  ])('is refused for %s', (_what, fields) => {
    expect(answer(fields).handler.reset).toEqual({ code: ERROR.protocol, untouched: false });
  });

  const head = plainGet.replace('GET', 'HEAD');
  const one: [string, string] = ['content-length', '1'];
  it.each<[string, Fields, number, string, object]>([
    ['none at its end', [[':status', '200']], ended, plainGet, { framing: 'none', chunked: false }],
    ['none for HEAD', [[':status', '200'], one], ended, head, { framing: 'none', contentLength: 1 }],
    ['none for 304', [[':status', '304'], one], ended, plainGet, { framing: 'none' }],
    ['length', [[':status', '200'], one], FLAG.endHeaders, plainGet, { framing: 'length', contentLength: 1 }],
    ['chunked', [[':status', '200']], FLAG.endHeaders, plainGet, { framing: 'chunked', chunked: true }],
  ])('is framed as %s', (_what, fields, flags, request, framed) => {
    expect(answer(fields, flags, request).handler.head).toMatchObject(framed);
  });

  it('may have interim heads before it', () => {
    const { handler, session } = answer(
      [
        [':status', '103'],
        ['link', 'a'],
      ],
      FLAG.endHeaders,
    );
    session.push(
      headers(
        1,
        [
          [':status', '200'],
          ['x', '1'],
        ],
        ended,
      ),
      0,
    );
    expect(handler).toMatchObject({ interim: [103], fields: [['x', '1']], ended: true });
  });

  it.each<[string, Fields]>([
    ['of fields', [['link', 'a'.repeat(6_000)]]],
    ['of nothing', []],
  ])('may not have them without end, %s', (_what, fields) => {
    const { handler, session } = answer([[':status', '103'], ...fields], FLAG.endHeaders);
    for (let count = 0; count < 2_500; count++)
      session.push(headers(1, [[':status', '103'], ...fields], FLAG.endHeaders), 0);
    expect(handler.reset?.code).toBe(ERROR.enhanceYourCalm);
    expect(session.isOver).toBe(false);
  });

  it('cannot begin with data', () => {
    const { handler, session } = answer([[':status', '103']], FLAG.endHeaders);
    session.push(data(1, 'a'), 0);
    expect(handler.reset?.code).toBe(ERROR.protocol);
  });

  it('to HEAD has no data', () => {
    const { handler, session } = answer([[':status', '200'], one], FLAG.endHeaders, head);
    session.push(data(1, 'a'), 0);
    expect(handler.reset?.code).toBe(ERROR.protocol);
  });

  it('cannot be pushed', () => {
    const { owner, session } = answer([[':status', '200']]);
    session.push(frame(FRAME.pushPromise, FLAG.endHeaders, 1, '\0\0\0\x02'), 0);
    expect(owner.failure).toBe('unexpected-push');
  });
});
