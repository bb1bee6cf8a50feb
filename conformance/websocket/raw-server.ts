import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketCase } from './cases.ts';
import { digest, type Outcome } from './outcome.ts';
import { playRaw } from './raw-side.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A server that says what the case says, to a client that is the library `ws`. */
export class RawServer {
  private readonly server = createServer();
  private readonly arrivals = new Map<string, (stream: Duplex) => void>();

  constructor() {
    this.server.on('upgrade', (request, socket, head: Buffer) => {
      const key = String(request.headers['sec-websocket-key']);
      const accept = createHash('sha1')
        .update(key + GUID)
        .digest('base64');
      const offered = request.headers['sec-websocket-extensions'];
      const agreed =
        offered === undefined
          ? ''
          : 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n';
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${agreed}\r\n`,
      );
      if (head.length > 0) socket.unshift(head);
      this.arrivals.get(request.url ?? '')?.(socket);
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  async play(one: WebSocketCase, port: number, path: string): Promise<Outcome> {
    const arrived = new Promise<Duplex>((resolve) => this.arrivals.set(path, resolve));
    const told: string[] = [];
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: { host: 'web' },
      maxPayload: 64 * 1024 * 1024,
      perMessageDeflate: one.isCompressed
        ? { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true }
        : false,
      // Its bytes are compared.
      generateMask: (mask) => void mask.fill(7),
    });
    const closed = new Promise<void>((resolve) => {
      client.on('close', (code, reason) => {
        told.push(`close ${code} ${digest(reason)}`);
        resolve();
      });
    });
    client.on('message', (data: Buffer, isBinary) => {
      told.push(`${isBinary ? 'binary' : 'text'} ${digest(data)}`);
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    });
    client.on('ping', (data) => told.push(`ping ${digest(data)}`));
    client.on('pong', (data) => told.push(`pong ${digest(data)}`));
    client.on('error', (error) => told.push(`error ${error.message}`));
    const stream = await Promise.race([arrived, closed.then(() => undefined)]);
    if (stream === undefined) throw new Error(`the client could not connect: ${told.join('; ')}`);
    const received = await playRaw(stream, one, false, Buffer.alloc(0));
    await closed;
    this.arrivals.delete(path);
    return { received: digest(received), told };
  }
}
