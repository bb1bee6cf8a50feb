import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { agentPath, closeCodes } from '@tulle/mesh/agent-protocol';
import { MeshError } from '@tulle/mesh/errors';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Revocations } from '../certificates/revocations.ts';
import type { JoinTokenStore } from '../join-tokens/create-join-tokens.ts';
import { AgentConnection, type ConnectionDependencies } from './connection.ts';
import { createJoin } from './join.ts';
import { createOwnCertificate } from './own-certificate.ts';
import { identifyPeer } from './peer.ts';
import { createRateLimit } from './rate-limit.ts';
import { refuseUpgrade } from './refusal.ts';
import { type AgentRouter, createAgentRouter } from './router.ts';
import type { AgentContext } from './trpc.ts';

const maxJoinBytes = 65_536;
/** A report of 50,000 series is the largest message there is. */
const maxMessageBytes = 32 * 1_048_576;
const pingMs = 15_000;
const pongWaitMs = 10_000;
const closeWaitMs = 3_000;

export interface AgentListenerOptions extends Omit<ConnectionDependencies, 'now'> {
  readonly now?: () => number;
  readonly tokens: JoinTokenStore;
  readonly revocations: Revocations;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly maxConnections?: number | undefined;
}

export interface AgentListener {
  readonly host: string;
  readonly port: number;
  /** Connections with a certificate. */
  connections(): number;
  /** Closes sessions so that agents reconnect, here after a restart or elsewhere. */
  stop(): Promise<void>;
}

/** The TLS 1.3 listener that agents speak to. */
export async function createAgentListener(options: AgentListenerOptions): Promise<AgentListener> {
  const { identity, fleet, revocations, logger, database, now = Date.now } = options;
  const dependencies = { ...options, now };
  const joins = createRateLimit({ perSecond: 20, burst: 200 });
  const router = createAgentRouter({ join: createJoin({ ...dependencies, joins }) });
  const connections = new Map<WebSocket, AgentConnection>();
  const ownCertificate = await createOwnCertificate({ identity, logger, now });
  let stopping = false;

  const server = https.createServer(
    {
      ...ownCertificate.first,
      requestCert: true,
      // Joiners have none; everything but join asks for an authorised one in `identifyPeer`.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      handshakeTimeout: 10_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => serve(request, response),
  );
  server.maxConnections = options.maxConnections ?? 20_000;
  server.on('tlsClientError', (error) => logger.debug({ err: error }, 'a TLS handshake failed'));

  const http = createHTTPHandler<AgentRouter>({
    router,
    basePath: `${agentPath}/`,
    maxBodySize: maxJoinBytes,
    allowBatching: false,
    createContext: ({ req }): AgentContext => ({ remoteAddress: addressOf(req), connection: undefined }),
    onError: ({ error, path }) => logUnexpected(error, path),
  });

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/healthz') response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    else if (path.startsWith(`${agentPath}/`)) http(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('Agents speak tRPC here.\n');
  }

  const wss = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });
  const handle = getWSConnectionHandler<AgentRouter>({
    wss,
    router,
    keepAlive: { enabled: true, pingMs, pongWaitMs },
    createContext: ({ req, res }): AgentContext => ({
      remoteAddress: addressOf(req),
      connection: connections.get(res),
    }),
    onError: ({ error, path }) => logUnexpected(error, path),
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', (error) => logger.debug({ err: error }, 'a connection broke'));
    upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error, logger));
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (request.url?.split('?')[0] !== agentPath) throw new MeshError('not_found', 'There is nothing here.');
    const peer = await identifyPeer(request, { database, revocations, identity, now });
    // Whoever came after the farewell would never be closed.
    if (stopping) throw new MeshError('unavailable', 'The API is stopping; reconnect in a moment.');
    wss.handleUpgrade(request, socket, head, (client) => {
      const close = (code: number, reason: string) => closeSocket(client, code, reason);
      const connection = new AgentConnection(dependencies, peer, addressOf(request), close);
      replaceOlder(connection);
      connections.set(client, connection);
      client.once('close', (code) => {
        connections.delete(client);
        connection
          .closed({ goodbye: code === closeCodes.goodbye, stopping })
          .catch((error: unknown) =>
            logger.warn({ err: error }, 'could not write down that an agent disconnected'),
          );
      });
      handle(client, request);
    });
  }

  /** One session for each agent: two would take each other's pushes and acknowledgements for their own. */
  function replaceOlder(connection: AgentConnection): void {
    for (const older of connections.values()) {
      if (older.agentId === connection.agentId) older.close(closeCodes.replaced, 'Connected anew.');
    }
  }

  function logUnexpected(error: Error & { code: string; cause?: unknown }, path: string | undefined): void {
    if (error.cause instanceof MeshError) logger.debug({ path, reason: error.message }, 'refused a call');
    else if (error.code === 'INTERNAL_SERVER_ERROR') logger.error({ err: error, path }, 'a call failed');
    else logger.info({ path, reason: error.message }, 'refused a malformed call');
  }

  const stopMembers = fleet.onMember((member) => {
    if (member === undefined || !fleet.holdsSession(member.id)) return;
    const isElsewhere = member.connected && member.replica !== fleet.replica;
    if (member.revokedAt === null && !isElsewhere) return;
    for (const connection of connections.values()) {
      if (connection.agentId !== member.id) continue;
      if (isElsewhere) connection.close(closeCodes.replaced, 'Connected anew, to another replica.');
      else connection.close(closeCodes.revoked, `Revoked. ${member.revokedReason ?? ''}`.trim());
    }
  });

  const stopRenewing = ownCertificate.keepFresh((context) => server.setSecureContext(context));
  const stopRoots = identity.onRoots(() => {
    for (const connection of connections.values()) connection.closeUnlessTrusted();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => logger.error({ err: error }, 'the agents listener failed'));
  const { port } = server.address() as AddressInfo;
  logger.info({ host: options.host, port }, 'listening for agents');

  async function stop(): Promise<void> {
    stopping = true;
    stopRenewing();
    stopRoots();
    stopMembers();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections.values()) {
      connection.close(closeCodes.serverStops, 'The API stops; reconnect in a moment.');
    }
    const force = setTimeout(() => {
      for (const client of connections.keys()) client.terminate();
      server.closeAllConnections();
    }, closeWaitMs);
    server.closeIdleConnections();
    await closed;
    clearTimeout(force);
  }

  return { host: options.host, port, connections: () => connections.size, stop };
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
}

/** The reason of a close frame has at most 123 bytes; a peer that does not answer the frame is cut off. */
function closeSocket(client: WebSocket, code: number, reason: string): void {
  let short = reason.slice(0, 123);
  while (Buffer.byteLength(short) > 123) short = short.slice(0, -1);
  client.close(code, short);
  const cut = setTimeout(() => client.terminate(), closeWaitMs);
  cut.unref();
  client.once('close', () => clearTimeout(cut));
}
