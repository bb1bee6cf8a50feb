import { once } from 'node:events';
import { createServer, METHODS } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRequests } from './recording-sinks.spec-support.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  body: string;
}

let seen: Seen[] = [];
const server = createServer({ insecureHTTPParser: false }, async (request, response) => {
  request.setEncoding('latin1');
  const { method, url } = request;
  seen.push({ method, url, body: await readText(request) });
  response.end('ok');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

/** What node's own parser (llhttp, strict) makes of the same bytes. */
async function askNode(stream: string): Promise<{ seen: Seen[]; refused: boolean }> {
  seen = [];
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const socket = connect(address.port, '127.0.0.1');
  socket.end(stream, 'latin1');
  const answer = await readText(socket);
  return { seen, refused: /^HTTP\/1\.1 4/m.test(answer) };
}

const noise = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  fc.constantFrom('', ' ', '\t', '\r\n', '\r', '\n', '\0', ':', ';', ',', 'x', '0'),
);
const methods = fc.constantFrom(...METHODS.filter((method) => method !== 'CONNECT'));
const length = fc.constantFrom(
  'Content-Length: 3',
  'content-length:3',
  'Content-Length: 03',
  'Content-Length: 3 ',
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Content-Length:\t3',
);
const coding = fc.constantFrom(
  'Transfer-Encoding: chunked',
  'transfer-encoding:CHUNKED',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding : chunked',
);
const other = fc.constantFrom(
  'X: y',
  'Connection: keep-alive',
  'X-Empty:',
  'X-\xe4: y',
  'X: \xe4',
  ' folded',
  'Host: b',
  'TE: trailers',
);
const content = fc.constantFrom(
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '03\r\nabc\r\n0\r\nT: 1\r\n\r\n',
  '3;e=1\r\nabc\r\n0\r\n\r\n',
  '3\nabc\r\n0\r\n\r\n',
  '',
);
const message = fc
  .tuple(
    methods,
    fc.constantFrom('/', '/a?b=c', '*', 'http://a/x', '//a', 'a'),
    fc.array(fc.oneof(length, coding, other), { maxLength: 2 }),
    content,
    noise,
    fc.nat(),
  )
  .map(([method, target, fields, body, inserted, place]) => {
    const text = `${method} ${target} HTTP/1.1\r\nHost: a\r\n${fields.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
    const at = place % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at);
  });

it('accepts nothing that node’s strict parser refuses, and finds the same messages', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(message, async (text) => {
      const mine = readRequests([text]);
      const complete = mine.messages.filter(({ ended }) => ended);
      // Refused by us, or cut short: nothing to compare.
      if (mine.refusal !== undefined || complete.length !== mine.messages.length || complete.length === 0)
        return;
      accepted++;
      const theirs = await askNode(text);
      const known = complete.filter(({ head }) => 'method' in head && METHODS.includes(String(head.method)));
      if (known.length !== complete.length) return;
      expect(theirs.seen).toEqual(
        complete.map(({ head, body }) => ({
          method: 'method' in head ? head.method : undefined,
          url: 'target' in head ? head.target : undefined,
          body,
        })),
      );
    }),
    { numRuns: 2_500, seed: 20261121 },
  );
  expect(accepted).toBeGreaterThan(100);
});
