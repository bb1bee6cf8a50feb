import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { ServiceView } from '@tulle/mesh/service-view';
import manifest from '../package.json' with { type: 'json' };
import { BackendRegistry } from './balance/backend-registry.ts';
import { Clock } from './clock.ts';
import type {
  ApplyResult,
  DataPlane,
  DataPlaneIdentity,
  DataPlaneLimits,
  DataPlaneOptions,
  DataPlaneStats,
  ListeningPorts,
} from './data-plane.ts';
import { Entrances } from './entrances.ts';
import { ActiveExchanges } from './forward/active-exchanges.ts';
import { AwaitingViews } from './forward/awaiting-views.ts';
import { type CallerConnection, QUIET_MS } from './forward/exchange-caller.ts';
import type { CallerEnvironment } from './forward/passage.ts';
import { Turn } from './forward/turn.ts';
import { type ServerCertificate, ServerCertificates } from './gateway/server-certificates.ts';
import { losesRoot } from './identity/trusted-roots.ts';
import { LocalService } from './inbound/local-service.ts';
import { EntryGuard } from './lifecycle/entry-guard.ts';
import { PRESSURE, type Pressure } from './lifecycle/memory-guard.ts';
import { Credentials } from './mutual-tls/credentials.ts';
import { KnownServices } from './outbound/known-services.ts';
import type { ConnectionPool } from './pool/connection-pool.ts';
import type { PeerEnvironment } from './pool/peer-connection.ts';
import { endpointStats } from './record/endpoint-stats.ts';
import { measure } from './record/measure.ts';
import type { Measurements } from './record/measurements.ts';
import { Observability } from './record/observability.ts';
import { ProtocolRefusals } from './record/protocol-refusals.ts';
import { Recorder } from './record/recorder.ts';
import { RouteRecorder } from './record/route-recorder.ts';
import { type CompiledService, Compiler } from './router/compile.ts';

const TICK_MS = 50;
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
  draining = false;
  pressure: Pressure = PRESSURE.none;
  private readonly options: DataPlaneOptions;
  private readonly limits: DataPlaneLimits;
  private readonly credentials = new Credentials();
  private readonly guard: EntryGuard;
  private readonly services: KnownServices;
  private readonly registry: BackendRegistry;
  private readonly compiler: Compiler;
  private readonly localService: LocalService | undefined;
  private readonly entrances: Entrances;
  private readonly leaving = new Set<ConnectionPool>();

  constructor(options: DataPlaneOptions) {
    const { self, local, logger } = options;
    const limits = { ...defaultLimits, ...options.limits };
    this.options = options;
    this.limits = limits;
    this.headTimeoutMs = limits.headTimeoutMs;
    const resource = { ...self, agentVersion: manifest.version };
    this.observability = new Observability(options.observability ?? {}, resource, logger);
    this.guard = new EntryGuard(this, limits.maxConnections, logger);
    this.services = new KnownServices(awaitingViews(options, limits));
    const environment = this.peerEnvironment();
    this.registry = this.createRegistry(environment);
    this.compiler = new Compiler(this.registry, this.routeRecorder);
    this.localService =
      local === undefined ? undefined : new LocalService(local, self, environment, this.routeRecorder);
    const { services, localService, credentials, recorder, guard } = this;
    const context = { environment: this, services, localService, credentials, recorder, guard };
    this.entrances = new Entrances(options, context);
    this.registerSweeps();
  }

  apply(views: readonly ServiceView[]): ApplyResult {
    const { services, accepted, rejected } = this.compiler.compile(views);
    this.putInForce(services);
    return { accepted, rejected };
  }

  setIdentity(identity: DataPlaneIdentity): void {
    const trustedBefore = this.credentials.trustBundlePem;
    this.credentials.set(identity);
    this.entrances.useIdentity();
    // Whoever is let in by one that stays connects anew; our own connections do so with every identity.
    if (trustedBefore !== undefined && losesRoot(trustedBefore, identity.trustBundlePem))
      for (const caller of [...this.callers]) if (caller.identity !== undefined) caller.retire();
  }

  setServerCertificates(certificates: readonly ServerCertificate[]): void {
    const usable = new ServerCertificates(certificates);
    const expired = usable.expired(Date.now());
    if (expired.length > 0) this.options.logger.warn({ expired }, 'certificates of the gateway have expired');
    this.entrances.gateway?.setCertificates(usable);
  }

  withdrawIdentity(): void {
    this.credentials.clear();
    this.destroyAuthenticated(() => true);
  }

  setRevoked(serials: readonly string[]): void {
    this.credentials.setRevoked(serials);
    this.destroyAuthenticated((serial) => this.credentials.isRevoked(serial));
  }

  async refresh(): Promise<void> {}

  telemetry(): SeriesCounters[] {
    return this.recorder.snapshot();
  }

  measurements(): Measurements {
    const { routeRecorder, compiler, callers, registry, refusals, active, pressure, localService } = this;
    const services = this.services.all;
    return {
      ...measure({
        routeRecorder,
        compiler,
        services,
        callers,
        registry,
        refusals,
        active,
        pressure,
        localService,
      }),
      refusedConnections: this.guard.refused,
      observability: this.observability.counts(),
    };
  }

  reopenLogs(): void {
    this.observability.reopen();
  }

  stats(): DataPlaneStats {
    const entries = this.registry.entries();
    const connected = entries.reduce((sum, { backend }) => sum + backend.pool.size, 0);
    const { names } = this.entrances;
    const now = performance.now();
    return {
      accepted: this.callers.size,
      connected: connected + (this.localService?.backend.pool.size ?? 0),
      activeRequests: this.active.count,
      localHealthy: this.localService?.backend.isAvailable(now) ?? true,
      draining: this.draining,
      endpoints: [...entries, ...this.registry.draining()].map(({ service, backend }) =>
        endpointStats(service, backend, now),
      ),
      ...(names && { names: names.status() }),
    };
  }

  async listen(): Promise<ListeningPorts> {
    const ports = await this.entrances.listen();
    this.clock.start(TICK_MS);
    return ports;
  }

  get callerIdleTimeoutMs(): number {
    const { callerIdleTimeoutMs } = this.limits;
    return this.pressure === PRESSURE.none ? callerIdleTimeoutMs : Math.min(QUIET_MS, callerIdleTimeoutMs);
  }

  onCrowd(look: () => void): void {
    this.guard.onCrowd(look);
    this.turn.onMuchTaken(look);
  }

  relieve(pressure: Pressure): void {
    this.pressure = pressure;
    if (pressure < PRESSURE.full) return;
    const costly = [...this.callers].sort((one, other) => other.waitingBytes - one.waitingBytes);
    for (const caller of costly.slice(0, Math.ceil(costly.length * CUT_OFF_SHARE))) {
      caller.destroy();
      // Its last event comes with the next turn of the loop, the next look perhaps before: that one is for others.
      this.callers.delete(caller);
    }
  }

  async retireInbound(timeoutMs: number): Promise<void> {
    const closed = this.entrances.closeInbound();
    for (const caller of [...this.callers]) if (caller.identity !== undefined) caller.retire();
    this.turn.flush();
    const patience = new AbortController();
    await Promise.race([closed, delay(timeoutMs, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    const closed = this.entrances.close();
    for (const caller of [...this.callers]) caller.retire();
    this.turn.flush();
    const timer = setTimeout(() => this.destroyCallers(), timeoutMs);
    await closed;
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
    this.entrances.destroyConnections();
  }

  private putInForce(compiled: ReadonlyMap<string, CompiledService>): void {
    const { services, localService, entrances } = this;
    services.replace(compiled);
    entrances.names?.apply(new Map(Array.from(compiled, ([name, { view }]) => [name, view.port])));
    const own = services.get(this.options.self.service)?.view;
    localService?.apply(own);
    entrances.gateway?.apply(own?.gateway);
    this.registry.keepOnly(new Set([...compiled.values()].flatMap(({ backends }) => backends)));
    this.observability.logsRefusals = Array.from(compiled.values()).some(
      ({ view }) => view.policy.observability.accessLog !== 'off',
    );
    services.releaseWaiting();
    this.turn.flush();
  }

  private peerEnvironment(): PeerEnvironment {
    const { clock, turn, leaving, refusals } = this;
    return { clock, turn, idleTimeoutMs: this.limits.poolIdleTimeoutMs, leaving, refusals };
  }

  private createRegistry(environment: PeerEnvironment): BackendRegistry {
    const { credentials, recorder } = this;
    const { service: source, instance, zone } = this.options.self;
    return new BackendRegistry({ environment, credentials, recorder, source, instance, zone });
  }

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
        this.services.awaiting?.forgetFinished();
        this.entrances.names?.sweep(now);
      }
      this.turn.flush();
    });
  }
}

function awaitingViews(
  { onUnknownService }: DataPlaneOptions,
  { unknownServiceTimeoutMs }: DataPlaneLimits,
): AwaitingViews | undefined {
  return onUnknownService === undefined
    ? undefined
    : new AwaitingViews(onUnknownService, unknownServiceTimeoutMs);
}
