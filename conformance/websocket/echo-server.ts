import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { digest } from './outcome.ts';

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** The library `ws`: sends every message back, and tells for each path what it met. */
export class EchoServer {
  private readonly server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  });
  private readonly told = new Map<string, { lines: string[]; closed: Promise<void> }>();

  constructor() {
    this.server.on('connection', (socket, request) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const lines: string[] = [];
      this.told.set(request.url ?? '', { lines, closed: promise });
      socket.on('message', (data: Buffer, isBinary) => {
        lines.push(`${isBinary ? 'binary' : 'text'} ${digest(data)}`);
        socket.send(data, { binary: isBinary });
      });
      socket.on('ping', (data) => lines.push(`ping ${digest(data)}`));
      socket.on('pong', (data) => lines.push(`pong ${digest(data)}`));
      socket.on('error', (error) => lines.push(`error ${error.message}`));
      socket.on('close', (code, reason) => {
        lines.push(`close ${code} ${digest(reason)}`);
        resolve();
      });
    });
  }

  async listen(): Promise<number> {
    if (this.server.address() === null) await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Once the connection with this path is over. */
  async linesOf(path: string): Promise<readonly string[]> {
    const met = this.told.get(path);
    if (met === undefined) return ['never connected'];
    await met.closed;
    return met.lines;
  }

  close(): void {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }
}
