import type net from 'node:net';
import tls from 'node:tls';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { shareReads } from '../pool/read-buffer.ts';
import { Http1Caller } from './http1-caller.ts';
import { Http2Caller } from './http2-caller.ts';
import type { CallerEnvironment, Passage } from './passage.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** For so long a caller may resume its session; then a whole handshake is made again. */
const SESSION_TIMEOUT_S = 3_600;
/** Whoever learns the key of tickets can pass for those they were made for: none is used for longer than a day. */
const TICKET_KEY_AGE_MS = 86_400_000;

export interface TlsListenerContext {
  readonly environment: CallerEnvironment;
  readonly logger: DataPlaneLogger;
  mayAccept(socket: net.Socket): boolean;
}

/** What becomes of the requests of a connection, and whose they are. */
export interface TlsEntry {
  readonly passage: Passage;
  readonly identity: PeerIdentity | undefined;
}

export interface TlsListenerOwner {
  /** The handshake is done; undefined ends the connection before a byte of it is read. */
  enter(socket: tls.TLSSocket): TlsEntry | undefined;
  /** Sets the context of the server anew, which gives tickets new keys. */
  renewContext(): void;
}

/** A port that speaks TLS, and HTTP/2 or HTTP/1.1 within as ALPN agrees. Without a context every handshake fails. */
export class TlsListener {
  readonly server: tls.Server;
  /** Of all connections, so that one whose handshake hangs can be ended as well. */
  private readonly sockets = new Set<net.Socket>();

  constructor(options: tls.TlsOptions, context: TlsListenerContext, owner: TlsListenerOwner) {
    const { logger } = context;
    this.server = tls.createServer({
      ...options,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      keepAlive: true,
      sessionTimeout: SESSION_TIMEOUT_S,
    });
    this.server.on('connection', (socket: net.Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      // A handshake is much work, and may hold a descriptor for its whole time.
      if (!context.mayAccept(socket)) socket.destroy();
    });
    this.server.on('secureConnection', (socket) => begin(socket, context, owner));
    const rotation = setInterval(() => owner.renewContext(), TICKET_KEY_AGE_MS);
    rotation.unref();
    this.server.once('close', () => clearInterval(rotation));
    this.server.on('tlsClientError', (error, socket) => {
      logger.debug({ remote: socket.remoteAddress, reason: error.message }, 'refused a handshake');
      socket.destroy();
    });
  }

  destroyConnections(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }
}

function begin(
  socket: tls.TLSSocket,
  { environment, mayAccept }: TlsListenerContext,
  owner: TlsListenerOwner,
): void {
  const entry = owner.enter(socket);
  shareReads(socket);
  if (entry === undefined || !mayAccept(socket)) socket.destroy();
  else if (socket.alpnProtocol === 'h2') new Http2Caller(socket, entry.passage, environment, entry.identity);
  else new Http1Caller(socket, entry.passage, environment, entry.identity);
}
