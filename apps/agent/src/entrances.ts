import type { Server } from 'node:net';
import type { Address, DataPlaneOptions, ListeningPorts } from './data-plane.ts';
import { httpEntry, listener } from './forward/listener.ts';
import type { CallerEnvironment } from './forward/passage.ts';
import { Gateway } from './gateway/gateway.ts';
import { InboundPassage } from './inbound/inbound-passage.ts';
import type { LocalService } from './inbound/local-service.ts';
import { MutualTlsListener } from './inbound/mutual-tls-listener.ts';
import type { EntryGuard } from './lifecycle/entry-guard.ts';
import { ListeningSockets } from './lifecycle/listening-sockets.ts';
import { NamesOnLoopback } from './loopback/names-on-loopback.ts';
import type { Credentials } from './mutual-tls/credentials.ts';
import type { KnownServices } from './outbound/known-services.ts';
import type { OutboundContext } from './outbound/outbound-passage.ts';
import { ServiceEntrance } from './outbound/service-entrance.ts';
import type { Recorder } from './record/recorder.ts';

export interface EntrancesContext {
  readonly environment: CallerEnvironment;
  readonly services: KnownServices;
  readonly localService: LocalService | undefined;
  readonly credentials: Credentials;
  readonly recorder: Recorder;
  readonly guard: EntryGuard;
}

interface Entrance {
  /** What it is for, see {@link ListeningSockets}. */
  readonly name: string;
  readonly server: Server;
  readonly address: Address;
  readonly bound: (port: number) => void;
}

/** Every way into the agent that its options ask for: what listens where, and who takes what comes in. */
export class Entrances {
  readonly names: NamesOnLoopback | undefined;
  readonly gateway: Gateway | undefined;
  private readonly options: DataPlaneOptions;
  private readonly context: EntrancesContext;
  private readonly sockets: ListeningSockets;
  private readonly all: Entrance[] = [];
  private readonly ports: ListeningPorts = { upstreams: {} };
  private readonly mutualTls: MutualTlsListener | undefined;

  constructor(options: DataPlaneOptions, context: EntrancesContext) {
    const { inbound } = options;
    this.options = options;
    this.context = context;
    this.sockets = options.sockets ?? new ListeningSockets();
    const entrance = this.serviceEntrance();
    this.gateway = this.createGateway();
    this.addOutbound(entrance);
    this.names = this.createNames(entrance);
    this.mutualTls = inbound === undefined ? undefined : this.addInbound(inbound);
  }

  /** Binds every port, or rejects with the reason and binds none. */
  async listen(): Promise<ListeningPorts> {
    const { guard } = this.context;
    try {
      for (const { name, server, address, bound } of this.all) {
        bound(await this.sockets.listen(name, server, address));
        // Such as the system's limit on open files: the next connection may succeed again.
        server.on('error', (error) => void guard.refuse('accept', error));
      }
      if (this.names !== undefined) this.ports.dns = await this.names.listen();
    } catch (error) {
      for (const { server } of this.all) server.close();
      throw error;
    }
    return this.ports;
  }

  /** There is another identity now. */
  useIdentity(): void {
    this.mutualTls?.renewContext();
  }

  /** Accepts nothing more; resolves when the last connection that came in is closed. */
  async close(): Promise<void> {
    const closing = this.all.flatMap(({ server }) => (server.listening ? [closed(server)] : []));
    await Promise.all([...closing, this.names?.drain()]);
  }

  /** As {@link close}, of what comes from other agents alone. */
  async closeInbound(): Promise<void> {
    const inbound = this.all.find(({ name }) => name === 'inbound');
    if (inbound?.server.listening) await closed(inbound.server);
  }

  /** Those too of which no caller is known yet, such as handshakes that hang. */
  destroyConnections(): void {
    this.mutualTls?.destroyConnections();
    this.gateway?.destroyConnections();
  }

  private serviceEntrance(): ServiceEntrance {
    const { environment, guard } = this.context;
    const { logger } = this.options;
    return new ServiceEntrance({ ...this.outbound, environment, mayAccept: guard.mayAccept, logger });
  }

  /** Requests to other services, as this agent's own. */
  private get outbound(): OutboundContext {
    const { environment, services, recorder } = this.context;
    const { makesSpans } = environment.observability;
    return { services, recorder, source: this.options.self.service, makesSpans };
  }

  private createGateway(): Gateway | undefined {
    const { ports } = this;
    const { environment, guard } = this.context;
    const { gateway: addresses, logger } = this.options;
    if (addresses === undefined) return undefined;
    const gateway = new Gateway(this.outbound, { environment, logger, mayAccept: guard.mayAccept });
    const { http, https } = addresses;
    if (http !== undefined) {
      this.add('gateway-http', gateway.httpListener(), http, (port) => {
        ports.gatewayHttp = port;
      });
    }
    if (https !== undefined) {
      this.add('gateway-https', gateway.httpsListener(), https, (port) => {
        ports.gatewayHttps = port;
      });
    }
    return gateway;
  }

  private addOutbound(entrance: ServiceEntrance): void {
    const { ports } = this;
    const { outbound, upstreams, tlsPassthrough } = this.options;
    if (outbound !== undefined) {
      this.add('outbound', entrance.httpListener(), outbound, (port) => {
        ports.outbound = port;
      });
    }
    for (const { service, host = '127.0.0.1', port } of upstreams) {
      this.add(`upstream-${service}`, entrance.serviceListener(service), { host, port }, (bound) => {
        ports.upstreams[service] = bound;
      });
    }
    if (tlsPassthrough !== undefined) {
      this.add('tls-passthrough', entrance.passthroughListener(), tlsPassthrough, (port) => {
        ports.tlsPassthrough = port;
      });
    }
  }

  private createNames(entrance: ServiceEntrance): NamesOnLoopback | undefined {
    const { names, logger } = this.options;
    if (names === undefined) return undefined;
    const createListener = (service: string) => entrance.serviceListener(service);
    const { awaiting } = this.context.services;
    return new NamesOnLoopback(names, { createListener, awaiting, sockets: this.sockets, logger });
  }

  private addInbound(inbound: Address & { tls: boolean }): MutualTlsListener | undefined {
    const { environment, services, localService, credentials, recorder, guard } = this.context;
    const { self, logger } = this.options;
    const { makesSpans } = environment.observability;
    const passage = new InboundPassage({
      recorder,
      self,
      tls: inbound.tls,
      makesSpans,
      local: localService,
      get allow() {
        return services.get(self.service)?.allow;
      },
      get awaiting() {
        return services.mayCome(self.service) ? services.awaiting : undefined;
      },
    });
    const mutualTls = inbound.tls
      ? new MutualTlsListener(passage, environment, credentials, logger, guard.mayAccept)
      : undefined;
    const server = mutualTls?.server ?? listener(guard.mayAccept, httpEntry(passage, environment));
    this.add('inbound', server, inbound, (port) => {
      this.ports.inbound = port;
    });
    return mutualTls;
  }

  private add(name: string, server: Server, address: Address, bound: Entrance['bound']): void {
    this.all.push({ name, server, address, bound });
  }
}

/** A server is closed when its last connection is. */
function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return promise;
}
