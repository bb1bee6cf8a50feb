import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { DataPlaneStats, EndpointStats } from '../data-plane.ts';
import type { Measurements } from '../record/measurements.ts';
import { sumBy } from '../record/sum-by.ts';
import { sumSeries } from '../report/sum-series.ts';
import { FleetMeasurements } from './fleet-measurements.ts';
import type {
  FromWorker,
  PlaneState,
  ToWorker,
  WorkerCounts,
  WorkerPlaneOptions,
} from './worker-messages.ts';

/** Below the ten seconds that Prometheus waits for a page. */
const measureTimeoutMs = 5_000;

/**
 * What the processes that carry traffic have in common: the state they are told, and the sum of what they counted.
 * Whoever has ended still counts, with what it said last.
 */
export class WorkerFleet {
  private readonly options: WorkerPlaneOptions;
  private readonly onUnknownService: (service: string) => void;
  private readonly counts = new Map<ChildProcess, WorkerCounts | undefined>();
  private readonly measured = new FleetMeasurements<ChildProcess>();
  private state: PlaneState = {};
  private ended: SeriesCounters[] = [];
  private endedEndpoints: EndpointStats[] = [];
  private endedCpuMs = 0;

  constructor(options: WorkerPlaneOptions, onUnknownService: (service: string) => void) {
    this.options = options;
    this.onUnknownService = onUnknownService;
  }

  /** A process that was just started; it is told all that is in force, and from then on what changes. */
  readonly take = (child: ChildProcess): void => {
    this.counts.set(child, undefined);
    child.on('message', (message) => this.hear(child, message as FromWorker));
    child.once('disconnect', () => this.forget(child));
    // One that is ending takes no more messages.
    child.on('error', () => {});
    send(child, { type: 'begin', options: this.options, state: this.state });
  };

  change(state: PlaneState): void {
    this.state = { ...this.state, ...state };
    this.tell({ type: 'state', state });
  }

  tell(message: ToWorker): void {
    for (const child of this.counts.keys()) send(child, message);
  }

  /** Resolves when all that is summed here is of now, or nearly so for a process that does not answer in time. */
  refresh(): Promise<void> {
    return this.measured.refresh(
      this.counts.keys(),
      (child) => send(child, { type: 'measure' }),
      measureTimeoutMs,
    );
  }

  measurements(): Measurements {
    return this.measured.sum();
  }

  telemetry(): SeriesCounters[] {
    const present = [...this.counts.values()].flatMap((counts) => (counts ? [counts.telemetry] : []));
    return sumSeries([this.ended, ...present]);
  }

  stats(draining: boolean): DataPlaneStats {
    const all = [...this.counts.values()].flatMap((counts) => counts ?? []);
    const sum = (value: (counts: WorkerCounts) => number) =>
      all.reduce((total, counts) => total + value(counts), 0);
    return {
      accepted: sum(({ stats }) => stats.accepted),
      connected: sum(({ stats }) => stats.connected),
      activeRequests: sum(({ stats }) => stats.activeRequests),
      localHealthy: all.every(({ stats }) => stats.localHealthy),
      draining,
      endpoints: this.endpoints(all.flatMap(({ stats }) => stats.endpoints)),
      workers: {
        rssBytes: sum(({ rssBytes }) => rssBytes),
        cpuMs: this.endedCpuMs + sum(({ cpuMs }) => cpuMs),
      },
    };
  }

  /** Resolves when all have ended, and all that they sent was heard; who has not after `limitMs` is killed. */
  async whenGone(limitMs: number): Promise<void> {
    const children = [...this.counts.keys()];
    const timer = setTimeout(() => children.forEach((child) => void child.kill('SIGKILL')), limitMs);
    await Promise.all(children.map((child) => once(child, 'disconnect')));
    clearTimeout(timer);
  }

  private hear(child: ChildProcess, message: FromWorker): void {
    if (message.type === 'counts') this.counts.set(child, message.counts);
    else if (message.type === 'measured') this.measured.hear(child, message.measured);
    else this.onUnknownService(message.service);
  }

  /** All that it sent was heard. */
  private forget(child: ChildProcess): void {
    const last = this.counts.get(child);
    this.counts.delete(child);
    this.measured.forget(child);
    if (last === undefined) return;
    this.ended = sumSeries([this.ended, last.telemetry]);
    this.endedEndpoints = sumEndpoints([...this.endedEndpoints, ...last.stats.endpoints.map(countsOf)]);
    this.endedCpuMs += last.cpuMs;
  }

  /** Those that somebody still has. */
  private endpoints(present: readonly EndpointStats[]): EndpointStats[] {
    const known = new Set(present.map(keyOf));
    // Right after the last process has ended nobody has any.
    if (known.size > 0) this.endedEndpoints = this.endedEndpoints.filter((one) => known.has(keyOf(one)));
    return known.size > 0 ? sumEndpoints([...this.endedEndpoints, ...present]) : [];
  }
}

export function send(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}

/** Of one endpoint as all see it. Whether it is chosen each decides by itself: it is as well as it is to the worst. */
function sumEndpoints(all: readonly EndpointStats[]): EndpointStats[] {
  return sumBy(all, keyOf, addEndpoint);
}

const keyOf = ({ service, endpoint }: EndpointStats) => `${service} ${endpoint}`;

/** What stays of a process that has ended: what only ever grows. Of how an endpoint is others speak. */
function countsOf(stats: EndpointStats): EndpointStats {
  return { ...stats, connections: 0, idle: 0, pending: 0, active: 0, latencyMs: 0, available: true };
}

function addEndpoint(a: EndpointStats, b: EndpointStats): EndpointStats {
  return {
    ...(a.available ? b : a),
    connections: a.connections + b.connections,
    idle: a.idle + b.idle,
    pending: a.pending + b.pending,
    active: a.active + b.active,
    latencyMs: Math.max(a.latencyMs, b.latencyMs),
    tries: a.tries + b.tries,
    failedTries: a.failedTries + b.failedTries,
    failedConnects: a.failedConnects + b.failedConnects,
    ejections: (a.ejections ?? 0) + (b.ejections ?? 0),
  };
}
