import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HelloInput } from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import { type AdminPort, openAdminPort } from '../admin/admin-port.ts';
import type { AdminSource, VisibleState } from '../admin/admin-source.ts';
import type { AgentStatus } from '../admin/agent-status.ts';
import { ConfigStore } from '../config-store/config-store.ts';
import { ConfigSync } from '../control/config-sync.ts';
import { ControlClient } from '../control/control-client.ts';
import { helloOfAgent } from '../control/hello-of-agent.ts';
import type { RpcError } from '../control/rpc-error.ts';
import { takeMesh } from '../control/take-mesh.ts';
import type { DataPlane, DataPlaneLogger, ListeningPorts } from '../data-plane.ts';
import type { RecentErrors } from '../diagnostics/recent-errors.ts';
import { writeBundle } from '../diagnostics/write-bundle.ts';
import { IdentityKeeper } from '../identity/identity-keeper.ts';
import { IdentityStore } from '../identity/identity-store.ts';
import { Renewal } from '../identity/renewal.ts';
import { EpochStore } from '../report/epoch-store.ts';
import { processGauges } from '../report/process-gauges.ts';
import { Reporter } from '../report/reporter.ts';
import { describeAgent } from './describe-agent.ts';
import type { ListeningSockets } from './listening-sockets.ts';
import { LocalHealth } from './local-health.ts';
import type { MeshOptions } from './options.ts';
import { Readiness } from './readiness.ts';

const leaveMs = 1_000;
const settleMs = 100;
/** Streams that go on for longer are the service's to end. */
const retireMs = 5_000;
const lastReportMs = 1_500;

export interface AgentParts {
  readonly options: MeshOptions;
  readonly self: Self;
  readonly dataDir: string;
  readonly dataPlane: DataPlane;
  readonly ports: ListeningPorts;
  /** Where other agents reach the mesh port; undefined for pure callers. */
  readonly inbound: HelloInput['inbound'];
  /** See the admin port's. */
  readonly restart: AdminSource['restart'];
  readonly logger: DataPlaneLogger;
  /** Of that logger. */
  readonly recentErrors: RecentErrors;
}

/** An agent of the API: data path, identity, configuration and telemetry, put together. */
export class Agent {
  /** Resolves when the API refuses this agent for good and it has nothing to serve with. */
  readonly refused: Promise<RpcError>;
  readonly #parts: AgentParts;
  readonly #keeper: IdentityKeeper;
  readonly #config: ConfigSync;
  readonly #configStore: ConfigStore;
  readonly #control: ControlClient;
  readonly #renewal: Renewal;
  readonly #reporter: Reporter;
  readonly #localHealth: LocalHealth | undefined;
  readonly #startedAt = Date.now() - process.uptime() * 1_000;
  readonly #readiness = new Readiness(() => this.#notReady());
  #leaving: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #admin: AdminPort | undefined;

  constructor(parts: AgentParts) {
    const { options, self, dataDir, dataPlane, logger } = parts;
    this.#parts = parts;
    this.#keeper = new IdentityKeeper(dataPlane, new IdentityStore(dataDir, self.instance, logger), logger);
    this.#configStore = new ConfigStore(dataDir, logger);
    this.#config = new ConfigSync({
      dataPlane,
      save: (config) => this.#configStore.save(config),
      onMesh: (mesh) => takeMesh(mesh, { dataPlane, keeper: this.#keeper, reporter: this.#reporter }),
      called: () => this.#control.services(),
    });
    this.#reporter = new Reporter({
      epoch: randomUUID(),
      telemetry: () => dataPlane.telemetry(),
      gauges: () => this.#gauges(),
      trust: () => this.#keeper.trustReport,
      connected: () => this.#control.connected,
      send: (report) => this.#control.report(report),
      store: new EpochStore(dataDir, logger),
      logger,
    });
    this.#renewal = new Renewal({
      current: () => this.#keeper.current,
      renew: () => this.#control.renew(),
      logger,
    });
    this.#keeper.restore();
    const stored = this.#configStore.load();
    const declared = options.upstreams.map(({ service }) => service);
    const refused = Promise.withResolvers<RpcError>();
    this.refused = refused.promise;
    this.#control = new ControlClient({
      apis: options.api.map((api) => new URL(api)),
      token: options.token,
      self,
      hello: () => helloOfAgent(self, parts.inbound, this.#startedAt),
      keeper: this.#keeper,
      config: this.#config,
      services: [...new Set([...declared, ...(stored?.called ?? [])])],
      onReportInterval: (intervalMs) => this.#reporter.setIntervalMs(intervalMs),
      onConfig: () => this.#readiness.recheck(),
      onConnected: () => this.#connected(),
      onRenewDirective: () => this.#renewal.renewNow(),
      onRefused: refused.resolve,
      logger,
    });
    if (stored !== undefined) this.#config.restore(stored);
    if (options.port !== undefined) {
      this.#localHealth = new LocalHealth({ host: options.localHost, port: options.port });
    }
  }

  get hasIdentity(): boolean {
    return this.#keeper.current !== undefined;
  }

  get ports(): ListeningPorts & { admin?: number } {
    return { ...this.#parts.ports, ...(this.#admin && { admin: this.#admin.port }) };
  }

  /** Called on first use of a service that no view covers. */
  watch(service: string): void {
    this.#control.watch(service);
  }

  /** What another process of this agent may do at the same time. */
  async listen(adminPort: number, sockets: ListeningSockets): Promise<void> {
    this.#admin = await openAdminPort(
      adminPort,
      { ...this.#visible, writeBundle: () => this.writeBundle(), restart: this.#parts.restart },
      sockets,
    );
    this.#localHealth?.start();
  }

  /** Connects to the API, reports, renews, and writes to the data directory. */
  begin(): void {
    this.#control.start();
    this.#renewal.start();
    this.#reporter.start();
  }

  /** Reads again what the process before this one may have written since. */
  reread(): void {
    this.#keeper.restore();
    this.#reporter.reread();
  }

  /** What it wrote to the data directory is there no more. */
  rewrite(): void {
    this.#keeper.rewrite();
    this.#config.save();
    this.#reporter.rewrite();
  }

  /**
   * Another process of this agent writes and speaks to the API from now on. What this one still answers it counts on
   * disk, from where the other reports it.
   */
  async handOver(): Promise<void> {
    this.#admin?.close();
    this.#renewal.stop();
    this.#control.abandon();
    await Promise.all([this.#configStore.settled(), this.#keeper.settled(), this.#reporter.handOver()]);
  }

  /** Resolves with true as soon as the agent can serve, with false after `timeoutMs`. */
  whenReady(timeoutMs: number): Promise<boolean> {
    return this.#readiness.wait(timeoutMs);
  }

  /** Reconnects at once if there is no connection. */
  retryNow(): void {
    this.#control.retryNow();
  }

  /**
   * Has nobody sent here any more, and gives those who call the time to hear of it; what comes all the same is answered.
   * Repeated calls share one leave.
   */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  /** Leaves, and answers what others have sent by then: afterwards the service may end. Its own calls go on. */
  async retire(): Promise<void> {
    await this.leave();
    await this.#parts.dataPlane.retireInbound(retireMs);
  }

  /** Leaves, drains, reports what was counted last and puts everything on disk. Repeated calls share one stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Before an end that cannot wait: at least the counters go to disk. */
  persist(): void {
    this.#reporter.persist();
  }

  /** Writes all that helps to find out what is wrong, and resolves with the path of the file. */
  writeBundle(): Promise<string> {
    const { options, dataDir, recentErrors, logger } = this.#parts;
    const parts = { source: this.#visible, settings: options, problems: recentErrors.list() };
    return writeBundle(dataDir, parts, logger);
  }

  reopenLogs(): void {
    this.#parts.dataPlane.reopenLogs();
  }

  get #visible(): VisibleState {
    const { dataPlane } = this.#parts;
    return {
      status: () => this.status(),
      configTexts: () => this.#config.texts(),
      measurements: async () => {
        await dataPlane.refresh();
        return dataPlane.measurements();
      },
    };
  }

  status(): AgentStatus {
    const { self, dataPlane } = this.#parts;
    return describeAgent({
      self,
      dataPlane,
      keeper: this.#keeper,
      renewal: this.#renewal,
      config: this.#config,
      control: this.#control,
      reporter: this.#reporter,
      localHealth: this.#localHealth,
      startedAt: this.#startedAt,
      notReady: this.#notReady(),
    });
  }

  /** Why it cannot serve; empty when it can. */
  #notReady(): string[] {
    const reasons: string[] = [];
    if (this.#stopping !== undefined) reasons.push('stopping');
    if (!this.#keeper.valid) reasons.push('no valid certificate');
    if (!this.#config.has(`service/${this.#parts.self.service}`)) reasons.push('no configuration');
    return reasons;
  }

  async #leave(): Promise<void> {
    const { options, inbound } = this.#parts;
    if (inbound !== undefined && this.#control.connected) {
      await this.#control.leave(leaveMs);
      // The API has taken this instance out; the callers' agents learn it in this time.
      await sleep(settleMs);
    }
    if (!this.#control.abandoned) await sleep(options.drainDelayMs);
  }

  async #stop(): Promise<void> {
    const { dataPlane, options } = this.#parts;
    this.#renewal.stop();
    this.#localHealth?.stop();
    await this.leave();
    await dataPlane.drain(options.drainTimeoutMs);
    await this.#reporter.finish(lastReportMs);
    this.#control.stop();
    await Promise.all([this.#configStore.settled(), this.#keeper.settled()]);
    this.#admin?.close();
  }

  #connected(): void {
    this.#reporter.reconnected();
    this.#renewal.recheck();
    this.#readiness.recheck();
  }

  #gauges(): ReturnType<typeof processGauges> {
    const stats = this.#parts.dataPlane.stats();
    const localHealthy = this.#localHealth?.healthy ?? stats.localHealthy;
    return processGauges(stats, { localHealthy, draining: this.#stopping !== undefined });
  }
}
