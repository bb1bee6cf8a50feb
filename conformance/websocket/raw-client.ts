import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketCase } from './cases.ts';
import { playRaw } from './raw-side.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const extensions = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover';

/** HTTP/1.1: the handshake of RFC 6455 section 4. Resolves with what the server sent behind it. */
export async function playOverHttp1(one: WebSocketCase, port: number, path: string): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const key = randomBytes(16).toString('base64');
  const offer = one.isCompressed ? `Sec-WebSocket-Extensions: ${extensions}\r\n` : '';
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${offer}\r\n`,
  );
  const { head, rest } = await readHead(socket);
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  const accepted = /^sec-websocket-accept: (.*)\r$/im.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 101') || accepted !== accept) throw new Error(`no handshake:\n${head}`);
  return playRaw(socket, one, true, rest);
}

async function readHead(socket: Duplex): Promise<{ head: string; rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  while (!bytes.includes('\r\n\r\n')) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, piece]);
  }
  socket.pause();
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return { head: bytes.toString('latin1', 0, end), rest: bytes.subarray(end) };
}

/** HTTP/2: extended CONNECT (RFC 8441). */
export async function playOverHttp2(one: WebSocketCase, port: number, path: string): Promise<Buffer> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  try {
    const [settings] = await once(session, 'remoteSettings');
    if (settings.enableConnectProtocol !== true) throw new Error('the agent does not offer extended CONNECT');
    const stream = session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'http',
      ':path': path,
      ':authority': 'web',
      'sec-websocket-version': '13',
      ...(one.isCompressed ? { 'sec-websocket-extensions': extensions } : {}),
    });
    const [head] = await once(stream, 'response');
    if (head[':status'] !== 200) throw new Error(`the answer was ${head[':status']}`);
    return await playRaw(stream, one, true, Buffer.alloc(0));
  } finally {
    session.destroy();
  }
}
