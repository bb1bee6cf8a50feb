import type { Socket } from 'node:net';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { WaitingConnection } from '../forward/awaiting-views.ts';
import { LINGER_MS } from '../forward/lingering-close.ts';
import { UnreadConnection } from '../forward/unread-connection.ts';
import type { ConnectionRoute } from '../tcp/connection-routes.ts';
import { TcpCaller, type TcpContext } from '../tcp/tcp-caller.ts';
import type { HelloRefusal } from './client-hello.ts';
import { ClientHelloReader } from './client-hello-reader.ts';
import { ALERT, alertRecord } from './tls-alert.ts';

export interface PassthroughContext extends TcpContext {
  readonly logger: DataPlaneLogger;
  /** Calls back once, now or when it is known, with the service a name stands for. */
  findRoute(
    serverName: string,
    connection: WaitingConnection,
    found: (route: ConnectionRoute | undefined) => void,
  ): void;
}

/** A connection that begins with TLS and has not said yet for whom it is. */
export class PassthroughCaller extends UnreadConnection {
  private readonly context: PassthroughContext;
  /** The only service that may be named on this port; undefined for all. */
  private readonly service: string | undefined;
  private readonly reader = new ClientHelloReader();
  private refused = false;

  constructor(socket: Socket, context: PassthroughContext, service?: string) {
    super(socket, context.environment);
    this.context = context;
    this.service = service;
  }

  sweep(now: number): void {
    const waited = now - this.since;
    if (this.refused) {
      if (waited >= LINGER_MS) this.leave();
    } else if (this.reader.bytes.length === 0) {
      if (waited >= this.patienceMs) this.leave();
    } else if (waited >= this.environment.headTimeoutMs) {
      this.count('head_timeout');
      this.leave();
    }
  }

  protected override receive(bytes: Buffer): void {
    if (this.reader.bytes.length === 0) this.since = this.environment.clock.now;
    const hello = this.reader.push(bytes);
    if (hello === undefined) return;
    this.socket.pause();
    this.socket.removeListener('data', this.onData);
    if ('alert' in hello) this.refuse(hello, 'bad_request');
    else if (hello.serverName === '') this.refuse(noName, 'unknown_host');
    else this.context.findRoute(hello.serverName, this.socket, (route) => this.follow(route));
  }

  private follow(route: ConnectionRoute | undefined): void {
    const { socket, context, reader, service } = this;
    // It may have gone while the name was looked for.
    if (socket.destroyed) return;
    if (route === undefined || (service !== undefined && route.service !== service)) {
      this.refuse(unknownName, 'unknown_host');
      return;
    }
    this.forget();
    new TcpCaller(socket, route, context, reader.bytes);
  }

  private refuse({ alert, reason }: HelloRefusal, code: DataPathErrorCode): void {
    const { socket, context } = this;
    context.logger.debug({ remote: this.remoteAddress, reason }, 'refused a connection of TLS');
    this.count(code);
    this.refused = true;
    this.since = this.environment.clock.now;
    socket.removeListener('end', this.onGone);
    socket.end(alertRecord(alert));
    socket.resume();
  }

  private count(code: DataPathErrorCode): void {
    this.context.seriesOf('').failed(code, 0);
  }
}

const noName: HelloRefusal = { alert: ALERT.unrecognizedName, reason: 'it names no server' };
const unknownName: HelloRefusal = { alert: ALERT.unrecognizedName, reason: 'no service has this name' };
