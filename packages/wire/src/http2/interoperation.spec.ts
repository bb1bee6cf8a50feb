import { once } from 'node:events';
import http2 from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ClientSession } from './client-session.ts';
import { http1Request, passOn } from './heads.spec-support.ts';
import { RecordingHandler, RecordingOwner, send } from './recording.spec-support.ts';
import { ServerSession } from './server-session.ts';
import type { Http2Session } from './session.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Joins a session and a socket as an agent does: output leaves once in a turn, and waits when the socket does. */
function join(session: Http2Session, owner: RecordingOwner, socket: Socket): void {
  const target = {
    get isReady() {
      return !socket.writableNeedDrain;
    },
    write: (slab: Uint8Array, length: number) => void socket.write(slab.subarray(0, length)),
  };
  const flush = () => {
    if (!socket.destroyed) session.flushTo(target);
    if (socket.writableNeedDrain) session.setWritable(false);
  };
  owner.onOutput = () => void setImmediate(flush);
  socket.setNoDelay(true);
  session.start();
  socket.on('data', (bytes) => session.push(bytes, performance.now()));
  socket.on('drain', () => {
    session.setWritable(true);
    flush();
  });
  socket.on('close', () => session.lose());
  socket.on('error', () => {});
  open.push({ close: () => socket.destroy() });
}

async function listen(server: Server | http2.Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

/** Every character that a value may have, which node sends in Huffman code where that is shorter. */
const characters = Array.from({ length: 0xff - 0x20 }, (_, index) => 0x21 + index)
  .filter((code) => code !== 0x7f)
  .map((code) => String.fromCharCode(code))
  .join('');

/** Our server behind a port; answers with what it was sent. */
async function echoServer(): Promise<{ port: number; owner: RecordingOwner }> {
  const owner = new RecordingOwner();
  owner.accept = (stream, handler) => {
    const { onHead } = handler;
    handler.onHead = (head, last) => {
      onHead.call(handler, head, last);
      stream.sendPlainHead(200, 'x-many: 1\r\nx-many: 2\r\nserver: tulle\r\n', false);
    };
    handler.onData = (bytes, start, end) => {
      if (!stream.sendData(bytes, start, end)) stream.pause();
    };
    handler.onWindow = () => stream.resume();
    handler.onEnd = (trailers) => stream.sendEnd(trailers);
  };
  const port = await listen(createServer((socket) => join(new ServerSession(owner), owner, socket)));
  return { port, owner };
}

function nodeClient(port: number): http2.ClientHttp2Session {
  const client = http2.connect(`http://127.0.0.1:${port}`);
  open.push({ close: () => client.destroy() });
  return client;
}

async function collect(stream: http2.ClientHttp2Stream): Promise<{ body: Buffer; trailers: object }> {
  const parts: Buffer[] = [];
  let trailers = {};
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('trailers', (fields) => (trailers = fields));
  await once(stream, 'end');
  return { body: Buffer.concat(parts), trailers };
}

it('serves node', async () => {
  const { port, owner } = await echoServer();
  const client = nodeClient(port);
  const sent = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 40_000, index));
  const answers = await Promise.all(
    sent.map(async (content, index) => {
      const stream = client.request(
        { ':method': 'POST', ':path': `/${index}`, 'x-all': characters, te: 'trailers' },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': `${index}` }));
      stream.end(content);
      const [fields] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
      return { fields, ...(await collect(stream)) };
    }),
  );
  for (const [index, { fields, body, trailers }] of answers.entries()) {
    expect(fields).toMatchObject({ ':status': 200, 'x-many': '1, 2', server: 'tulle' });
    expect(body.equals(sent[index] ?? Buffer.of())).toBe(true);
    expect(trailers).toMatchObject({ 'x-sum': `${index}` });
  }
  expect(owner.handlers[3]).toMatchObject({ head: { path: '/3', method: 'POST', acceptsTrailers: true } });
  for (const { fields } of owner.handlers) expect(fields).toContainEqual(['x-all', characters]);
  expect(owner.failure).toBeUndefined();
});

it('is told of resets, pings and the end by node', async () => {
  const { port, owner } = await echoServer();
  const client = nodeClient(port);
  owner.accept = (stream) => stream.sendPlainHead(200, '', false);
  const stream = client.request({ ':method': 'POST' });
  await once(stream, 'response');
  await new Promise((resolve) => client.ping(resolve));
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await once(stream, 'close');
  await new Promise((resolve) => client.ping(resolve));
  expect(owner.handlers[0]?.reset).toEqual({ code: 8, untouched: false });
  const closed = new Promise<void>((resolve) => {
    owner.onGoAway = () => resolve();
  });
  client.close();
  await closed;
});

it('asks node', async () => {
  const server = http2.createServer({ settings: { enableConnectProtocol: true, headerTableSize: 200 } });
  const seen: http2.IncomingHttpHeaders[] = [];
  server.on('stream', (stream, fields) => {
    seen.push(fields);
    stream.additionalHeaders({ ':status': 103, link: '</a>' });
    stream.respond({ 'x-all': characters, 'set-cookie': ['a=b', 'c=d'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  });
  const socket = connect(await listen(server), '127.0.0.1');
  const owner = new RecordingOwner();
  const session = new ClientSession(owner, { scheme: 'http' });
  join(session, owner, socket);
  const bodies = Array.from({ length: 20 }, (_, index) => `${index % 10}`.repeat(index * 30_000));
  const handlers = await Promise.all(
    bodies.map(
      (body, index) =>
        new Promise<RecordingHandler>((resolve, reject) => {
          const stream = session.openStream();
          if (stream === undefined) throw new Error('no stream');
          const handler = new RecordingHandler();
          stream.handler = handler;
          const { onEnd } = handler;
          handler.onEnd = (trailers) => {
            onEnd.call(handler, trailers);
            resolve(handler);
          };
          handler.onReset = (code) => reject(new Error(`reset: ${code}`));
          const text = `POST /${index} HTTP/1.1\r\nHost: a\r\nX-All: ${characters}\r\nCookie: a=b\r\n`;
          stream.sendRequestHead(http1Request(`${text}Transfer-Encoding: chunked\r\n\r\n`), passOn, false);
          send(stream, body);
          stream.sendEnd(undefined);
        }),
    ),
  );
  expect(seen).toHaveLength(20);
  expect(seen[7]).toMatchObject({ ':path': '/7', ':authority': 'a', 'x-all': characters, cookie: 'a=b' });
  for (const [index, handler] of handlers.entries()) {
    expect(handler).toMatchObject({ interim: [103], trailers: [['grpc-status', '0']], body: bodies[index] });
    expect(handler.fields).toContainEqual(['x-all', characters]);
    expect(handler.fields).toContainEqual(['set-cookie', 'c=d']);
  }
  expect(session.allowsConnectProtocol).toBe(true);
});
