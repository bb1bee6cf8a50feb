import type { Server, Socket } from 'node:net';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { WaitingConnection } from '../forward/awaiting-views.ts';
import { httpEntry, listener } from '../forward/listener.ts';
import type { CallerEnvironment } from '../forward/passage.ts';
import type { Series } from '../record/series.ts';
import { serviceOfHost } from '../router/router.ts';
import type { ConnectionRoute } from '../tcp/connection-routes.ts';
import { TcpCaller } from '../tcp/tcp-caller.ts';
import { PassthroughCaller, type PassthroughContext } from '../tls-passthrough/passthrough-caller.ts';
import { type OutboundContext, OutboundPassage } from './outbound-passage.ts';

export interface EntranceContext extends OutboundContext {
  readonly environment: CallerEnvironment;
  readonly logger: DataPlaneLogger;
  mayAccept(socket: Socket): boolean;
}

/**
 * Where connections come in that are for other services: by HTTP, for one service, or for the one their ClientHello names.
 * What a connection for one service is read as follows from the view of the service at that moment: requests of HTTP, bytes, or TLS that is passed through.
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

  /** For a port of all services that speak HTTP. */
  httpListener(): Server {
    return this.listener(this.http(undefined));
  }

  /** For a port of one service. */
  serviceListener(service: string): Server {
    const http = this.http(service);
    return this.listener((socket) => this.enterWhenKnown(socket, service, http));
  }

  /** For a port of all services of TLS. */
  passthroughListener(): Server {
    return this.listener((socket) => void new PassthroughCaller(socket, this));
  }

  seriesOf(service: string): Series {
    return this.context.recorder.unanswered(this.source, service);
  }

  findRoute(
    serverName: string,
    connection: WaitingConnection,
    found: (route: ConnectionRoute | undefined) => void,
  ): void {
    const service = serviceOfHost(serverName);
    const known = this.routeOf(serverName, service);
    const find = () => found(this.routeOf(serverName, service));
    if (
      known !== undefined ||
      service === undefined ||
      !this.context.services.awaitView(service, connection, find)
    )
      found(known);
  }

  private listener(enter: (socket: Socket) => void): Server {
    return listener((socket) => this.context.mayAccept(socket), enter);
  }

  private http(service: string | undefined): (socket: Socket) => void {
    return httpEntry(new OutboundPassage(this.context, service), this.environment);
  }

  private enterWhenKnown(socket: Socket, service: string, http: (socket: Socket) => void): void {
    const enter = () => {
      if (!socket.destroyed) this.enter(socket, service, http);
    };
    if (this.context.services.awaitView(service, socket, enter)) socket.once('error', () => socket.destroy());
    else enter();
  }

  private enter(socket: Socket, service: string, http: (socket: Socket) => void): void {
    const route = this.context.services.connectionRoutes.byService(service);
    if (route === undefined) http(socket);
    else if (route.tls) new PassthroughCaller(socket, this, service);
    else new TcpCaller(socket, route, this);
  }

  private routeOf(serverName: string, service: string | undefined): ConnectionRoute | undefined {
    const { connectionRoutes } = this.context.services;
    const named = service === undefined ? undefined : connectionRoutes.byService(service);
    return named ?? connectionRoutes.byHostOfEndpoint(serverName);
  }
}
