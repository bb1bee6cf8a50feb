import type { AgentListener } from '../agent-listener/create-agent-listener.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import type { Distribution } from '../distribution/create-distribution.ts';
import type { Telemetry } from '../telemetry/create-telemetry.ts';

interface OwnMetric {
  /** OpenTelemetry's form, `tulle.agents.connected`; Prometheus gets underscores and the unit. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: number;
}

/** The API's metrics of itself, as Prometheus text. */
export function renderOwnMetrics({
  listener,
  distribution,
  telemetry,
  configStore,
  pool,
}: {
  listener: AgentListener;
  distribution: Distribution;
  telemetry: Telemetry;
  configStore: ConfigStore;
  pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };
}): string {
  const sessions = distribution.stats();
  const taken = telemetry.stats();
  const { user, system } = process.cpuUsage();
  const metrics: OwnMetric[] = [
    gauge('tulle.agents.connections', 'Connections of agents with a certificate.', listener.connections()),
    gauge('tulle.agents.sessions', 'Agents that follow the configuration.', sessions.sessions),
    gauge('tulle.config.revision', 'Newest revision of the mesh.', configStore.revision()),
    counter('tulle.config.pushes', 'Config messages composed for agents.', sessions.pushes),
    counter('tulle.config.acks', 'Config messages that agents took.', sessions.acks),
    counter('tulle.config.nacks', 'Config messages that agents refused at least in part.', sessions.nacks),
    counter('tulle.telemetry.reports', 'Reports received.', taken.reports),
    counter('tulle.telemetry.reports.repeated', 'Reports that were taken before.', taken.repeated),
    counter('tulle.telemetry.points', 'Series in reports that were taken.', taken.points),
    counter('tulle.telemetry.flushes', 'Times that telemetry was written.', taken.flushes),
    gauge('tulle.telemetry.edges', 'Edges by version and side that are counted.', taken.edges),
    gauge('tulle.database.connections', 'Connections to the database.', pool.totalCount),
    gauge('tulle.database.connections.idle', 'Of those, the idle ones.', pool.idleCount),
    gauge('tulle.database.waiting', 'Queries that wait for a connection.', pool.waitingCount),
    counter('process.cpu.time.seconds', 'CPU time of this process.', (user + system) / 1e6),
    gauge('process.memory.usage.bytes', 'Resident memory of this process.', process.memoryUsage.rss()),
    gauge('process.uptime.seconds', 'Since this process started.', process.uptime()),
  ];
  return `${metrics.flatMap(linesOf).join('\n')}\n`;
}

function gauge(name: string, help: string, value: number): OwnMetric {
  return { name, type: 'gauge', help, value };
}

function counter(name: string, help: string, value: number): OwnMetric {
  return { name, type: 'counter', help, value };
}

function linesOf({ name, type, help, value }: OwnMetric): string[] {
  const exposed = name.replaceAll('.', '_') + (type === 'counter' ? '_total' : '');
  return [`# HELP ${exposed} ${help}`, `# TYPE ${exposed} ${type}`, `${exposed} ${value}`];
}
