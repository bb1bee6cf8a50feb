import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** For specs: a server that speaks bytes, and a client that does. Both keep what they met. */
export class RawServer {
  readonly connections: Socket[] = [];
  private readonly server: Server;

  private constructor(onBytes: (socket: Socket, received: string) => void) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.connections.push(socket);
      let received = '';
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.end());
      socket.on('data', (bytes: Buffer) => {
        received += bytes.toString('latin1');
        onBytes(socket, received);
        if (received.endsWith('\r\n\r\n') || received.length > 100_000) received = '';
      });
    });
  }

  /** `onBytes` gets what came since the last complete head. */
  static async listen(onBytes: (socket: Socket, received: string) => void): Promise<RawServer> {
    const server = new RawServer(onBytes);
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

export class RawClient {
  received = '';
  ended = false;
  readonly socket: Socket;
  private waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1');
      this.wake();
    });
    socket.on('close', () => this.finish());
    socket.on('end', () => this.finish());
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves with all that came as soon as it matches; rejects when the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.ended) throw new Error(`the connection ended after ${JSON.stringify(this.received)}`);
      await this.change();
    }
    return this.received;
  }

  /** Resolves with all that came when the other side has ended. */
  async toEnd(): Promise<string> {
    while (!this.ended) await this.change();
    this.socket.destroy();
    return this.received;
  }

  private change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiters.push(resolve);
    return promise;
  }

  private finish(): void {
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
