import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { ServiceView } from '@tulle/mesh/service-view';
import {
  type Address,
  type ApplyResult,
  createDataPlane,
  type DataPlane,
  type DataPlaneIdentity,
  type DataPlaneOptions,
  type DataPlaneStats,
  type ListeningPorts,
} from '../data-plane.ts';
import type { ServerCertificate } from '../gateway/server-certificates.ts';
import type { Measurements } from '../record/measurements.ts';
import { bindSockets } from './bound-socket.ts';
import type { HeldSocket } from './listening-sockets.ts';
import { UsageError } from './options.ts';
import { endingMs } from './worker.ts';
import { WorkerFleet } from './worker-fleet.ts';
import { Workers } from './workers.ts';

/**
 * The data path of an agent of the API as several processes. This one speaks to the API, holds the sockets and carries no
 * traffic: it tells the others what is in force and sums what they count. So the agent stays one instance with one
 * identity, one session and one epoch, whichever of its workers ends.
 */
export class WorkersDataPlane implements DataPlane {
  private readonly options: DataPlaneOptions;
  private readonly count: number;
  private readonly timeoutMs: number;
  /** Listens to nothing: it says at once what of a configuration cannot be compiled, as each worker will find. */
  private readonly judge: DataPlane;
  private readonly fleet: WorkerFleet;
  private workers: Workers | undefined = undefined;
  private draining = false;

  /** `timeoutMs` is how long a worker may be silent; 0 for ever. */
  constructor(options: DataPlaneOptions, count: number, timeoutMs: number) {
    const { sockets: _sockets, names, onUnknownService, logger, ...shared } = options;
    if (names !== undefined) throw new UsageError('DNS is answered by one process: leave out --workers.');
    this.options = options;
    this.count = count;
    this.timeoutMs = timeoutMs;
    this.judge = createDataPlane({ self: options.self, upstreams: [], logger });
    this.fleet = new WorkerFleet(shared, (service) => onUnknownService?.(service));
  }

  async listen(): Promise<ListeningPorts> {
    const sockets = await bindSockets(addressesOf(this.options));
    const options = { onStarted: this.fleet.take, stopsBySignal: false, timeoutMs: this.timeoutMs };
    this.workers = await Workers.start(this.count, () => sockets, options, this.options.logger);
    return portsOf(sockets);
  }

  /** One worker after the other gives way to a new process. */
  replaceAll(): Promise<void> {
    return this.workers?.replaceAll() ?? Promise.resolve();
  }

  apply(views: readonly ServiceView[]): ApplyResult {
    const result = this.judge.apply(views);
    this.fleet.change({ views });
    return result;
  }

  setIdentity(identity: DataPlaneIdentity): void {
    this.judge.setIdentity(identity);
    this.fleet.change({ identity });
  }

  setServerCertificates(certificates: readonly ServerCertificate[]): void {
    this.judge.setServerCertificates(certificates);
    this.fleet.change({ certificates });
  }

  withdrawIdentity(): void {
    this.fleet.change({ identity: null });
  }

  setRevoked(serials: readonly string[]): void {
    this.fleet.change({ revoked: serials });
  }

  refresh(): Promise<void> {
    return this.fleet.refresh();
  }

  telemetry(): SeriesCounters[] {
    return this.fleet.telemetry();
  }

  stats(): DataPlaneStats {
    return this.fleet.stats(this.draining);
  }

  measurements(): Measurements {
    return this.fleet.measurements();
  }

  reopenLogs(): void {
    this.fleet.tell({ type: 'reopenLogs' });
  }

  /** Each worker looks at its own memory. */
  onCrowd(): void {}
  relieve(): void {}

  /** Workers end as a whole; who has a command beside it has none. */
  async retireInbound(): Promise<void> {}

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    this.fleet.tell({ type: 'drain', timeoutMs });
    await Promise.all([this.workers?.stop(timeoutMs), this.fleet.whenGone(timeoutMs + endingMs)]);
    await this.judge.drain(0);
  }
}

function addressesOf({
  outbound,
  inbound,
  tlsPassthrough,
  gateway,
  upstreams,
}: DataPlaneOptions): [string, Address][] {
  const fixed = {
    outbound,
    inbound,
    'tls-passthrough': tlsPassthrough,
    'gateway-http': gateway?.http,
    'gateway-https': gateway?.https,
  };
  const named = upstreams.map(
    ({ service, host = '127.0.0.1', port }) => [`upstream-${service}`, { host, port }] as const,
  );
  return [...Object.entries(fixed), ...named].flatMap(([name, address]) =>
    address === undefined ? [] : [[name, { host: address.host, port: address.port }]],
  );
}

const fixedPorts = new Map<string, Exclude<keyof ListeningPorts, 'upstreams'>>([
  ['outbound', 'outbound'],
  ['inbound', 'inbound'],
  ['tls-passthrough', 'tlsPassthrough'],
  ['gateway-http', 'gatewayHttp'],
  ['gateway-https', 'gatewayHttps'],
]);

function portsOf(sockets: readonly HeldSocket[]): ListeningPorts {
  const ports: ListeningPorts = { upstreams: {} };
  for (const { name, port } of sockets) {
    const key = fixedPorts.get(name);
    if (key !== undefined) ports[key] = port;
    else ports.upstreams[name.slice('upstream-'.length)] = port;
  }
  return ports;
}
