import { EventEmitter, on, once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import {
  type AckInput,
  ackInputSchema,
  type CertificateGrant,
  type ConfigMessage,
  configInputSchema,
  type HelloInput,
  helloInputSchema,
  joinInputSchema,
  type ReportInput,
  type ReportOutput,
  renewInputSchema,
  reportInputSchema,
  watchInputSchema,
} from '@tulle/mesh/agent-protocol';
import { MeshError, type MeshErrorCode } from '@tulle/mesh/errors';
import type { MeshView, ServiceView } from '@tulle/mesh/service-view';
import { controlPlaneSpiffeId, parseServiceSpiffeId, serviceSpiffeId } from '@tulle/mesh/spiffe';
import { type WebSocket, WebSocketServer } from 'ws';
import { sha256 } from '../../config-store/checksummed-file.ts';
import { reservedPort } from '../../specs/reserved-port.ts';
import { publicKeyOf, SpecAuthority } from './spec-authority.ts';
import { SpecLedger } from './spec-ledger.ts';

interface Context {
  /** The service in the client's certificate; undefined without one. */
  readonly service: string | undefined;
  readonly socket: WebSocket | undefined;
}

const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, mesh: error.cause instanceof MeshError ? { code: error.cause.code } : undefined },
  }),
});

export interface Push {
  readonly resources?: ConfigMessage['resources'];
  readonly drop?: string[];
  readonly directives?: ConfigMessage['directives'];
}

/** The API as agents see it, small enough to do whatever a spec wants: real TLS, real tRPC, no database. */
export class SpecApi {
  readonly authority: SpecAuthority;
  readonly ledger = new SpecLedger();
  readonly tokens = new Map<string, { used: boolean; usedFor?: string; expired: boolean }>();
  readonly hellos: HelloInput[] = [];
  readonly acks: AckInput[] = [];
  readonly watched: string[] = [];
  readonly serials: string[] = [];
  /** `ack`, `hello`, `report`, `grant`, `subscribe`: emitted with the input. */
  readonly events = new EventEmitter();
  leafLifeMs = 3_600_000;
  /** So many joins are granted, and the agent does not hear of it. */
  answersToLose = 0;
  revoked = false;
  /** The SPIFFE ID the server shows. */
  serverId: string;
  /** Comes between a report and its answer; may lose it by throwing. */
  onReport: (report: ReportInput) => ReportOutput = (report) => this.ledger.take(report);
  #views = new Map<string, string>();
  #sockets = new Set<WebSocket>();
  /** All that were accepted: the server itself forgets those that became WebSockets, and does not know those in their handshake yet. */
  #connections = new Set<Socket>();
  #pushes = new EventEmitter().setMaxListeners(0);
  #push = 0;
  #revision = 1;
  #server: Server | undefined;
  #port = 0;

  constructor(authority = new SpecAuthority()) {
    this.authority = authority;
    this.serverId = controlPlaneSpiffeId(authority.trustDomain);
    this.setMesh({});
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  token(): string {
    const secret = 'S'.repeat(40);
    const token = `tulle1_spec${String(this.tokens.size).padStart(6, '0')}_${secret}_${this.authority.fingerprint}`;
    this.tokens.set(token, { used: false, expired: false });
    return token;
  }

  setMesh(changes: Partial<MeshView>): void {
    this.#set('mesh', {
      trustDomain: this.authority.trustDomain,
      trustBundlePem: this.authority.root.certificatePem,
      revokedSerials: [],
      reportIntervalMs: this.ledger.reportIntervalMs,
      ...changes,
    });
  }

  setView(view: ServiceView): void {
    this.#set(`service/${view.service}`, view);
  }

  /** Text as it is, whether it makes sense or not. */
  setText(name: string, text: string): void {
    this.#views.set(name, text);
    this.#revision++;
    this.#pushes.emit('push', { resources: [this.#resource(name)] } satisfies Push);
  }

  /** Resolves with the answer to the present revision. */
  async acked(): Promise<AckInput> {
    for (;;) {
      const ack = this.acks.findLast(({ revision }) => revision >= this.#revision);
      if (ack !== undefined) return ack;
      await once(this.events, 'ack');
    }
  }

  direct(directive: 'renew-certificate'): void {
    this.#pushes.emit('push', { directives: [directive] } satisfies Push);
  }

  async start(): Promise<void> {
    const { keyPem, chainPem } = this.authority.identity(this.serverId);
    const router = this.#router();
    const http = createHTTPHandler({ router, createContext: ({ req }) => contextOf(req.socket, undefined) });
    this.#server = createServer(
      {
        key: keyPem,
        cert: chainPem + this.authority.root.certificatePem,
        ca: this.authority.root.certificatePem,
        minVersion: 'TLSv1.3',
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        request.url = request.url?.replace('/trpc', '');
        http(request, response);
      },
    );
    this.#server.on('tlsClientError', () => undefined);
    this.#server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
    const sockets = new WebSocketServer({ server: this.#server, path: '/trpc' });
    const connect = getWSConnectionHandler({
      wss: sockets,
      router,
      createContext: ({ req, res }) => contextOf(req.socket, res),
    });
    sockets.on('connection', (socket, request) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      connect(socket, request);
    });
    this.#port ||= await reservedPort();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Everything breaks off, as if the process were killed; `start` brings it back on the same port. */
  async stop(): Promise<void> {
    this.dropConnections();
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Stops answering without closing, as behind a network that swallows packets. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  #set(name: string, value: object): void {
    this.setText(name, JSON.stringify(value));
  }

  #resource(name: string): { name: string; hash: string; text: string } {
    const text = this.#views.get(name) ?? '';
    return { name, hash: sha256(text), text };
  }

  #router() {
    const agent = t.procedure.use(({ ctx, next }) => {
      if (ctx.service === undefined) throw refusal('unauthenticated', 'A certificate is needed here.');
      if (this.revoked) throw refusal('revoked', 'The certificate is revoked.');
      return next({ ctx: { ...ctx, service: ctx.service } });
    });
    const agents = {
      join: t.procedure.input(joinInputSchema).mutation(({ input }) => {
        const token = this.tokens.get(input.token);
        if (token === undefined) throw refusal('invalid_token', 'This join token is not known here.');
        if (token.used && token.usedFor !== input.csrPem)
          throw refusal('used_token', 'This join token has been used already: make a new one.');
        if (token.expired) throw refusal('expired_token', 'This join token has expired: make a new one.');
        token.used = true;
        token.usedFor = input.csrPem;
        const grant = this.#grant(input.service, input.csrPem);
        if (this.answersToLose-- > 0) throw new Error('The answer is lost.');
        return grant;
      }),
      renew: agent
        .input(renewInputSchema)
        .mutation(({ ctx, input }) => this.#grant(ctx.service, input.csrPem)),
      hello: agent.input(helloInputSchema).mutation(({ input }) => {
        this.hellos.push(input);
        this.events.emit('hello', input);
        return {
          agentId: input.instance,
          reportIntervalMs: this.ledger.reportIntervalMs,
          fromTheFuture: true,
        };
      }),
      config: agent
        .input(configInputSchema)
        .subscription(({ ctx, input, signal }) => this.#config(ctx.service, input, signal)),
      watch: agent.input(watchInputSchema).mutation(({ input }) => {
        this.watched.push(...input.services);
        const known = input.services.filter((service) => this.#views.has(`service/${service}`));
        const resources = known.map((service) => this.#resource(`service/${service}`));
        this.#pushes.emit('push', { resources } satisfies Push);
      }),
      ack: agent.input(ackInputSchema).mutation(({ input }) => {
        this.acks.push(input);
        this.events.emit('ack', input);
      }),
      report: agent.input(reportInputSchema).mutation(({ input }) => {
        const output = this.onReport(input);
        this.events.emit('report', input);
        return output;
      }),
    };
    return t.router({ agents: t.router(agents) });
  }

  async *#config(
    service: string,
    { services, held }: { services: string[]; held: Record<string, string> },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ConfigMessage> {
    const wanted = ['mesh', `service/${service}`, ...services.map((name) => `service/${name}`)];
    const resources = wanted
      .filter((name) => this.#views.has(name))
      .map((name) => this.#resource(name))
      .filter(({ name, hash }) => held[name] !== hash);
    const drop = Object.keys(held).filter((name) => !this.#views.has(name));
    const pushes = on(this.#pushes, 'push', signal && { signal });
    yield { push: ++this.#push, revision: this.#revision, resources, drop, directives: [] };
    this.events.emit('subscribe', held);
    for await (const [push] of pushes as AsyncIterable<[Push]>) {
      const { resources: changed = [], drop: gone = [], directives = [] } = push;
      yield { push: ++this.#push, revision: this.#revision, resources: changed, drop: gone, directives };
    }
  }

  #grant(service: string, csrPem: string): CertificateGrant {
    const { trustDomain, root } = this.authority;
    const leaf = this.authority.issue(
      serviceSpiffeId(trustDomain, service),
      publicKeyOf(csrPem),
      this.leafLifeMs,
    );
    this.serials.push(leaf.serial);
    queueMicrotask(() => this.events.emit('grant', leaf));
    return {
      certificateChainPem: this.authority.chainOf(leaf),
      trustBundlePem: root.certificatePem,
      trustDomain,
      serial: leaf.serial,
      notBefore: leaf.notBefore,
      notAfter: leaf.notAfter,
    };
  }
}

function refusal(code: MeshErrorCode, message: string): TRPCError {
  return new TRPCError({ code: 'UNAUTHORIZED', message, cause: new MeshError(code, message) });
}

function contextOf(socket: unknown, webSocket: WebSocket | undefined): Context {
  const peer = (socket as TLSSocket).getPeerCertificate();
  const id = /URI:(\S+)/.exec(peer?.subjectaltname ?? '')?.[1] ?? '';
  const authorized = (socket as TLSSocket).authorized;
  return { service: authorized ? parseServiceSpiffeId(id)?.service : undefined, socket: webSocket };
}
