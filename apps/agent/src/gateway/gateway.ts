import type { Server } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { GatewayEntry } from '@tulle/mesh/gateway';
import { UnreadCaller } from '../forward/accept.ts';
import { listener } from '../forward/listener.ts';
import {
  type TlsEntry,
  TlsListener,
  type TlsListenerContext,
  type TlsListenerOwner,
} from '../forward/tls-listener.ts';
import type { OutboundContext } from '../outbound/outbound-passage.ts';
import { redirectOf } from '../router/redirect.ts';
import { type Covering, GatewayPassage, type GatewayRules } from './gateway-passage.ts';
import { HostTable, hostOf } from './host-table.ts';
import { publicTls, ServerCertificates } from './server-certificates.ts';

/**
 * The way in from outside of the mesh. Fail closed: without routes every host is unknown, without certificates every
 * handshake fails, and so does one for a name that no certificate has.
 */
export class Gateway implements TlsListenerOwner {
  private readonly environment: TlsListenerContext;
  private readonly context: OutboundContext & { rules: GatewayRules };
  private certificates = new ServerCertificates([]);
  private tls: TlsListener | undefined = undefined;

  constructor(outbound: OutboundContext, environment: TlsListenerContext) {
    this.environment = environment;
    this.context = { ...outbound, rules: rulesOf(undefined) };
  }

  httpListener(): Server {
    const { environment, mayAccept } = this.environment;
    return listener(
      (socket) => mayAccept(socket),
      (socket) => {
        const passage = new GatewayPassage(this.context, undefined, socket.remoteAddress);
        new UnreadCaller(socket, passage, environment);
      },
    );
  }

  httpsListener(): Server {
    const SNICallback: SniCallback = (name, done) => {
      const certificate = this.certificates.for(hostOf(name));
      if (certificate === undefined) done(new Error(`no certificate for ${name}`));
      else done(null, certificate.context);
    };
    this.tls = new TlsListener({ ...publicTls, SNICallback }, this.environment, this);
    this.renewContext();
    return this.tls.server;
  }

  /** From now on these rules, also for connections that are open. */
  apply(entry: GatewayEntry | undefined): void {
    this.context.rules = rulesOf(entry);
  }

  /** For new connections. */
  setCertificates(certificates: ServerCertificates): void {
    this.certificates = certificates;
    this.renewContext();
  }

  /** What is shown to who names nobody; and the keys of all tickets, whatever name they were made for. */
  renewContext(): void {
    this.tls?.server.setSecureContext(this.certificates.first?.options ?? publicTls);
  }

  enter(socket: TLSSocket): TlsEntry | undefined {
    const shown = this.shownTo(socket);
    if (shown === undefined) return undefined;
    return { passage: new GatewayPassage(this.context, shown, socket.remoteAddress), identity: undefined };
  }

  private shownTo(socket: TLSSocket): Covering | undefined {
    const { certificates } = this;
    // False where nobody is named, null in TLS 1.2 where a session goes on, in which somebody may have been.
    const serverName: unknown = socket.servername;
    if (typeof serverName === 'string') return certificates.for(hostOf(serverName));
    return socket.isSessionReused() ? certificates : certificates.first;
  }

  destroyConnections(): void {
    this.tls?.destroyConnections();
  }
}

type SniCallback = NonNullable<TlsOptions['SNICallback']>;

function rulesOf(entry: GatewayEntry | undefined): GatewayRules {
  const redirect = entry?.httpsRedirect;
  return {
    hosts: new HostTable(entry?.routes ?? []),
    httpsRedirect: redirect === undefined ? undefined : redirectOf({ scheme: 'https', ...redirect }, 0, ''),
  };
}
