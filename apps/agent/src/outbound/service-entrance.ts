import { createServer, type Server, type Socket } from 'node:net';
import type { DataPlaneLogger } from '../data-plane.ts';
import { UnreadCaller } from '../forward/accept.ts';
import type { AwaitingViews } from '../forward/awaiting-views.ts';
import type { CallerEnvironment, Passage } from '../forward/passage.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Series } from '../record/series.ts';
import { serviceOfHost } from '../router/router.ts';
import type { ConnectionRoute, ConnectionRoutes } from '../tcp/connection-routes.ts';
import { TcpCaller } from '../tcp/tcp-caller.ts';
import { PassthroughCaller, type PassthroughContext } from '../tls-passthrough/passthrough-caller.ts';

export interface EntranceContext {
  /** Those in force now. */
  readonly connectionRoutes: ConnectionRoutes;
  /** Whether a view of the service is in force. */
  knows(service: string): boolean;
  readonly environment: CallerEnvironment;
  readonly recorder: Recorder;
  /** Name of the service this agent stands for. */
  readonly source: string;
  /** Absent where nobody can be asked for views. */
  readonly awaiting: AwaitingViews | undefined;
  readonly unknownServiceTimeoutMs: number;
  readonly logger: DataPlaneLogger;
  mayAccept(socket: Socket): boolean;
}

const listening = { noDelay: true, keepAlive: true, allowHalfOpen: true };

/**
 * Where connections come in that are for one service, or for the one their ClientHello names. What a connection is read
 * as follows from the view of the service at that moment: requests of HTTP, bytes, or TLS that is passed through.
 */
export class ServiceEntrance implements PassthroughContext {
  private readonly context: EntranceContext;

  constructor(context: EntranceContext) {
    this.context = context;
  }

  get environment(): CallerEnvironment {
    return this.context.environment;
  }

  get source(): string {
    return this.context.source;
  }

  get logger(): DataPlaneLogger {
    return this.context.logger;
  }

  /** For a port of one service; `passage` takes its connections when it speaks HTTP. */
  serviceListener(service: string, passage: Passage): Server {
    return this.listener((socket) => this.enterWhenKnown(socket, service, passage));
  }

  /** For a port of all services of TLS. */
  passthroughListener(): Server {
    return this.listener((socket) => void new PassthroughCaller(socket, this));
  }

  seriesOf(destination: string): Series {
    const { recorder, source } = this.context;
    return recorder.series({ side: 'outbound', source, destination, version: '', tls: false });
  }

  findRoute(serverName: string, found: (route: ConnectionRoute | undefined) => void): void {
    const service = serviceOfHost(serverName);
    const known = this.routeOf(serverName, service);
    if (known !== undefined || service === undefined || !this.mayCome(service)) found(known);
    else this.whenKnown(service, () => found(this.routeOf(serverName, service)));
  }

  private listener(enter: (socket: Socket) => void): Server {
    return createServer(listening, (socket) => {
      if (this.context.mayAccept(socket)) enter(socket);
      else socket.destroy();
    });
  }

  private enterWhenKnown(socket: Socket, service: string, passage: Passage): void {
    if (!this.mayCome(service)) {
      this.enter(socket, service, passage);
      return;
    }
    socket.once('error', () => socket.destroy());
    this.whenKnown(service, () => {
      if (!socket.destroyed) this.enter(socket, service, passage);
    });
  }

  private enter(socket: Socket, service: string, passage: Passage): void {
    const route = this.context.connectionRoutes.byService(service);
    if (route === undefined) new UnreadCaller(socket, passage, this.environment);
    else if (route.tls) new PassthroughCaller(socket, this, service);
    else new TcpCaller(socket, route, this);
  }

  private routeOf(serverName: string, service: string | undefined): ConnectionRoute | undefined {
    const { connectionRoutes } = this.context;
    const named = service === undefined ? undefined : connectionRoutes.byService(service);
    return named ?? connectionRoutes.byHostOfEndpoint(serverName);
  }

  /** A view of the service can be asked for. */
  private mayCome(service: string): boolean {
    return this.context.awaiting !== undefined && !this.context.knows(service);
  }

  private whenKnown(service: string, then: () => void): void {
    const { awaiting, unknownServiceTimeoutMs } = this.context;
    if (awaiting?.waitAtMost(service, unknownServiceTimeoutMs, then) !== true) then();
  }
}
