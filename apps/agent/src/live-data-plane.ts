import type net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { ServiceView } from '@tulle/mesh/service-view';
import manifest from '../package.json' with { type: 'json' };
import type { Backend } from './balance/backend.ts';
import { BackendRegistry } from './balance/backend-registry.ts';
import { Clock } from './clock.ts';
import type {
  Address,
  ApplyResult,
  DataPlane,
  DataPlaneIdentity,
  DataPlaneLimits,
  DataPlaneOptions,
  DataPlaneStats,
  EndpointStats,
  ListeningPorts,
} from './data-plane.ts';
import { ActiveExchanges } from './forward/active-exchanges.ts';
import { AwaitingViews } from './forward/awaiting-views.ts';
import { type CallerConnection, QUIET_MS } from './forward/exchange-caller.ts';
import { plainListener } from './forward/listener.ts';
import type { CallerEnvironment, Passage } from './forward/passage.ts';
import { Turn } from './forward/turn.ts';
import { InboundPassage } from './inbound/inbound-passage.ts';
import { LocalService } from './inbound/local-service.ts';
import { MutualTlsListener } from './inbound/mutual-tls-listener.ts';
import { EntryGuard } from './lifecycle/entry-guard.ts';
import { ListeningSockets } from './lifecycle/listening-sockets.ts';
import { PRESSURE, type Pressure } from './lifecycle/memory-guard.ts';
import { NamesOnLoopback } from './loopback/names-on-loopback.ts';
import { Credentials } from './mutual-tls/credentials.ts';
import { type OutboundContext, OutboundPassage } from './outbound/outbound-passage.ts';
import { ServiceEntrance } from './outbound/service-entrance.ts';
import type { ConnectionPool } from './pool/connection-pool.ts';
import { measure } from './record/measure.ts';
import type { Measurements } from './record/measurements.ts';
import { Observability } from './record/observability.ts';
import { ProtocolRefusals } from './record/protocol-refusals.ts';
import { Recorder } from './record/recorder.ts';
import { RouteRecorder } from './record/route-recorder.ts';
import { type CompiledService, Compiler } from './router/compile.ts';
import { Router } from './router/router.ts';
import { ConnectionRoutes } from './tcp/connection-routes.ts';

const TICK_MS = 50;
/** Memory is looked at after this many connections. */
const CROWD = 32;
/** Of the callers, at each look while memory is full. */
const CUT_OFF_SHARE = 0.25;
/** How long a collector has for the last spans. */
const LAST_SPANS_MS = 1_000;
/** Callers are many and their deadlines long: they are looked at every this many ticks. */
const TICKS_PER_CALLER_SWEEP = 10;

const defaultLimits: DataPlaneLimits = {
  maxConnections: 20_000,
  headTimeoutMs: 10_000,
  callerIdleTimeoutMs: 600_000,
  poolIdleTimeoutMs: 60_000,
  unknownServiceTimeoutMs: 1_000,
};

interface Listener {
  /** What it is for, see {@link ListeningSockets}. */
  readonly name: string;
  readonly server: net.Server;
  readonly address: Address;
  readonly bound: (port: number) => void;
}

/** The data path put together. Everything below it is told what it needs; only this knows all of it. */
export class LiveDataPlane implements DataPlane, CallerEnvironment {
  readonly clock = new Clock();
  readonly turn = new Turn();
  readonly active = new ActiveExchanges();
  readonly callers = new Set<CallerConnection>();
  readonly recorder = new Recorder();
  readonly routeRecorder = new RouteRecorder();
  readonly refusals = new ProtocolRefusals();
  readonly observability: Observability;
  readonly headTimeoutMs: number;
  readonly unknownServiceTimeoutMs: number;
  readonly awaiting: AwaitingViews | undefined;
  draining = false;
  pressure: Pressure = PRESSURE.none;
  private accepted = 0;
  private lookAtCrowd: (() => void) | undefined = undefined;
  router = new Router(new Map());
  connectionRoutes = new ConnectionRoutes(new Map());
  private readonly options: DataPlaneOptions;
  private readonly limits: DataPlaneLimits;
  private readonly credentials = new Credentials();
  private readonly entry: EntryGuard;
  private readonly registry: BackendRegistry;
  private readonly compiler: Compiler;
  private readonly localService: LocalService | undefined;
  private readonly servers: Listener[] = [];
  private readonly sockets: ListeningSockets;
  private readonly ports: ListeningPorts = { upstreams: {} };
  private readonly leaving = new Set<ConnectionPool>();
  private mutualTls: MutualTlsListener | undefined = undefined;
  private names: NamesOnLoopback | undefined = undefined;
  private services: ReadonlyMap<string, CompiledService> = new Map();

  constructor(options: DataPlaneOptions) {
    const { self, onUnknownService } = options;
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    const resource = { ...options.self, agentVersion: manifest.version };
    this.observability = new Observability(options.observability ?? {}, resource, options.logger);
    this.entry = new EntryGuard(options.logger);
    this.sockets = options.sockets ?? new ListeningSockets();
    this.headTimeoutMs = this.limits.headTimeoutMs;
    this.unknownServiceTimeoutMs = this.limits.unknownServiceTimeoutMs;
    this.awaiting = onUnknownService === undefined ? undefined : new AwaitingViews(onUnknownService);
    const { clock, turn, credentials, recorder, refusals, leaving } = this;
    const environment = { clock, turn, idleTimeoutMs: this.limits.poolIdleTimeoutMs, leaving, refusals };
    const { service, instance, zone } = self;
    this.registry = new BackendRegistry({
      environment,
      credentials,
      recorder,
      source: service,
      instance,
      zone,
    });
    this.compiler = new Compiler(this.registry, this.routeRecorder);
    const { local } = options;
    this.localService =
      local === undefined ? undefined : new LocalService(local, self, environment, this.routeRecorder);
    this.createListeners();
    this.registerSweeps();
  }

  apply(views: readonly ServiceView[]): ApplyResult {
    const { services, accepted, rejected } = this.compiler.compile(views);
    this.putInForce(services);
    return { accepted, rejected };
  }

  setIdentity(identity: DataPlaneIdentity): void {
    this.credentials.set(identity);
    this.mutualTls?.useIdentity();
  }

  withdrawIdentity(): void {
    this.credentials.clear();
    this.destroyAuthenticated(() => true);
  }

  setRevoked(serials: readonly string[]): void {
    this.credentials.setRevoked(serials);
    this.destroyAuthenticated((serial) => this.credentials.isRevoked(serial));
  }

  telemetry(): SeriesCounters[] {
    return this.recorder.snapshot();
  }

  measurements(): Measurements {
    const { routeRecorder, compiler, services, callers, registry, refusals } = this;
    return {
      ...measure({ routeRecorder, compiler, services, callers, registry, refusals }),
      refusedConnections: this.entry.refused,
      observability: this.observability.counts(),
    };
  }

  reopenLogs(): void {
    this.observability.reopen();
  }

  stats(): DataPlaneStats {
    const entries = this.registry.entries();
    const connected = entries.reduce((sum, { backend }) => sum + backend.pool.size, 0);
    return {
      accepted: this.callers.size,
      connected: connected + (this.localService?.backend.pool.size ?? 0),
      activeRequests: this.active.count,
      localHealthy: this.localService?.backend.isAvailable(performance.now()) ?? true,
      draining: this.draining,
      endpoints: entries.map(({ service, backend }) => statsOf(service, backend)),
      ...(this.names && { names: this.names.status() }),
    };
  }

  async listen(): Promise<ListeningPorts> {
    try {
      for (const { name, server, address, bound } of this.servers) {
        bound(await this.sockets.listen(name, server, address));
        // Such as the system's limit on open files: the next connection may succeed again.
        server.on('error', (error) => void this.entry.refuse('accept', error));
      }
      if (this.names !== undefined) this.ports.dns = await this.names.listen();
    } catch (error) {
      for (const { server } of this.servers) server.close();
      throw error;
    }
    this.clock.start(TICK_MS);
    return this.ports;
  }

  get callerIdleTimeoutMs(): number {
    const { callerIdleTimeoutMs } = this.limits;
    return this.pressure === PRESSURE.none ? callerIdleTimeoutMs : Math.min(QUIET_MS, callerIdleTimeoutMs);
  }

  onCrowd(look: () => void): void {
    this.lookAtCrowd = look;
  }

  relieve(pressure: Pressure): void {
    this.pressure = pressure;
    if (pressure < PRESSURE.full) return;
    const costly = [...this.callers].sort((one, other) => other.waitingBytes - one.waitingBytes);
    for (const caller of costly.slice(0, Math.ceil(costly.length * CUT_OFF_SHARE))) caller.destroy();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    let open = this.servers.filter(({ server }) => server.listening).length;
    if (open === 0) resolve();
    // A server is closed when its last connection is.
    const closed = () => {
      open--;
      if (open === 0) resolve();
    };
    for (const { server } of this.servers) if (server.listening) server.close(closed);
    const namesClosed = this.names?.drain();
    for (const caller of [...this.callers]) caller.retire();
    this.turn.flush();
    const timer = setTimeout(() => this.destroyCallers(), timeoutMs);
    await promise;
    await namesClosed;
    clearTimeout(timer);
    this.clock.stop();
    for (const { backend } of this.registry.entries()) backend.pool.destroy();
    this.localService?.backend.pool.destroy();
    for (const pool of this.leaving) pool.destroy();
    // All are destroyed; their last events come within the next turns of the loop.
    while (this.callers.size > 0 || this.stats().connected > 0) await nextTurn();
    await this.observability.close(LAST_SPANS_MS);
  }

  /** Ends the mutual TLS connections whose peer has a certificate with such a serial. */
  private destroyAuthenticated(condemned: (serial: string) => boolean): void {
    for (const caller of [...this.callers]) {
      if (caller.identity !== undefined && condemned(caller.identity.serial)) caller.destroy();
    }
    for (const { backend } of this.registry.entries()) {
      backend.pool.destroyWhere(({ serial }) => serial !== '' && condemned(serial));
    }
  }

  private destroyCallers(): void {
    for (const caller of [...this.callers]) caller.destroy();
    this.mutualTls?.destroyConnections();
  }

  private putInForce(services: ReadonlyMap<string, CompiledService>): void {
    this.services = services;
    this.router = new Router(services);
    this.connectionRoutes = new ConnectionRoutes(services);
    this.names?.apply(new Map(Array.from(services, ([name, { view }]) => [name, view.port])));
    this.localService?.apply(services.get(this.options.self.service)?.view);
    this.registry.keepOnly(new Set([...services.values()].flatMap(({ backends }) => backends)));
    this.awaiting?.release((service) => services.has(service));
    this.turn.flush();
  }

  private createListeners(): void {
    const { outbound, upstreams, inbound, tlsPassthrough, names } = this.options;
    const context = this.outboundContext();
    const entrance = this.createEntrance();
    const listenFor = (service: string) =>
      entrance.serviceListener(service, new OutboundPassage(context, service));
    if (outbound !== undefined) {
      this.addPlain('outbound', new OutboundPassage(context, undefined), outbound, (port) => {
        this.ports.outbound = port;
      });
    }
    for (const { service, host, port } of upstreams) {
      this.add(`upstream-${service}`, listenFor(service), { host: host ?? '127.0.0.1', port }, (bound) => {
        this.ports.upstreams[service] = bound;
      });
    }
    if (tlsPassthrough !== undefined) {
      this.add('tls-passthrough', entrance.passthroughListener(), tlsPassthrough, (port) => {
        this.ports.tlsPassthrough = port;
      });
    }
    if (names !== undefined) {
      const { awaiting, unknownServiceTimeoutMs, sockets } = this;
      const { logger } = this.options;
      const namesContext = { createListener: listenFor, awaiting, unknownServiceTimeoutMs, sockets, logger };
      this.names = new NamesOnLoopback(names, namesContext);
    }
    if (inbound !== undefined) this.createInbound(inbound);
  }

  private outboundContext(): OutboundContext {
    const plane = this;
    const { recorder, awaiting, unknownServiceTimeoutMs } = this;
    return {
      get router() {
        return plane.router;
      },
      recorder,
      source: this.options.self.service,
      awaiting,
      unknownServiceTimeoutMs,
      makesSpans: this.observability.makesSpans,
    };
  }

  private createEntrance(): ServiceEntrance {
    const plane = this;
    const { recorder, awaiting, unknownServiceTimeoutMs, mayAccept } = this;
    const { self, logger } = this.options;
    return new ServiceEntrance({
      get connectionRoutes() {
        return plane.connectionRoutes;
      },
      knows: (service) => plane.services.has(service),
      environment: this,
      recorder,
      source: self.service,
      awaiting,
      unknownServiceTimeoutMs,
      logger,
      mayAccept,
    });
  }

  private createInbound(inbound: Address & { tls: boolean }): void {
    const plane = this;
    const passage = new InboundPassage({
      recorder: this.recorder,
      self: this.options.self,
      tls: inbound.tls,
      makesSpans: this.observability.makesSpans,
      get local() {
        return plane.localService;
      },
      get allow() {
        return plane.services.get(plane.options.self.service)?.allow;
      },
    });
    const bound = (port: number) => {
      this.ports.inbound = port;
    };
    if (!inbound.tls) {
      this.addPlain('inbound', passage, inbound, bound);
      return;
    }
    this.mutualTls = new MutualTlsListener(
      passage,
      this,
      this.credentials,
      this.options.logger,
      this.mayAccept,
    );
    this.add('inbound', this.mutualTls.server, inbound, bound);
  }

  private addPlain(name: string, passage: Passage, address: Address, bound: Listener['bound']): void {
    this.add(name, plainListener(passage, this, this.mayAccept), address, bound);
  }

  private add(name: string, server: net.Server, address: Address, bound: Listener['bound']): void {
    this.servers.push({ name, server, address, bound });
  }

  /** What the kernel had accepted when draining began is served: its caller does not know of the end yet. */
  private readonly mayAccept = (socket: net.Socket): boolean => {
    const { entry } = this;
    this.accepted++;
    if (this.accepted % CROWD === 0) this.lookAtCrowd?.();
    if (this.callers.size >= this.limits.maxConnections) return entry.refuse('connections');
    if (this.pressure >= PRESSURE.shedding) return entry.refuse('memory');
    return entry.hasDescriptorsAfter(socket) || entry.refuse('descriptors');
  };

  private registerSweeps(): void {
    let ticks = 0;
    this.clock.onTick((now) => {
      this.active.sweep(now);
      this.registry.sweep(now);
      this.localService?.backend.pool.sweep(now);
      for (const pool of this.leaving) pool.sweep(now);
      ticks++;
      if (ticks % TICKS_PER_CALLER_SWEEP === 0) {
        for (const caller of this.callers) caller.sweep(now);
        this.awaiting?.forgetFinished();
        this.names?.sweep(now);
      }
      this.turn.flush();
    });
  }
}

function statsOf(service: string, backend: Backend): EndpointStats {
  const now = performance.now();
  const { why, reason } = backend.state(now);
  return {
    service,
    endpoint: backend.endpoint.id,
    version: backend.endpoint.version,
    connections: backend.pool.size,
    idle: backend.pool.idleCount,
    pending: backend.pool.pendingCount,
    active: backend.active,
    latencyMs: backend.latencyMs(now),
    available: backend.isAvailable(now),
    state: why,
    reason,
    ejections: backend.ejection.count,
    tries: backend.tries,
    failedTries: backend.failedTries,
    failedConnects: backend.failedConnects,
  };
}
