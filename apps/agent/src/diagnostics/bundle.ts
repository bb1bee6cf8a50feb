import { availableParallelism, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { configuration } from '../admin/admin-pages.ts';
import type { VisibleState } from '../admin/admin-source.ts';
import type { LoggedProblem } from './recent-errors.ts';
import { redact } from './redact.ts';

export interface BundleParts {
  readonly source: VisibleState;
  /** As they were read. */
  readonly settings: object;
  readonly problems: readonly LoggedProblem[];
}

/** How long the delay of the event loop is watched. */
const WATCH_MS = 300;

/** All that helps to find out from afar why an agent does what it does, without a secret. */
export async function collectBundle({ source, settings, problems }: BundleParts): Promise<unknown> {
  const [eventLoop, measured] = await Promise.all([watchEventLoop(), source.measurements()]);
  const status = source.status();
  return redact({
    writtenAt: new Date().toISOString(),
    agent: {
      version: status.version,
      self: status.self,
      startedAt: new Date(status.startedAt).toISOString(),
    },
    process: describeProcess(),
    eventLoop,
    settings,
    readiness: status.notReady,
    configuration: configuration(status, source.configTexts()),
    counters: status.telemetry,
    rules: measured.rules.map(({ key, ...counts }) => ({ ...key, ...counts })),
    circuits: measured.circuits,
    rateLimits: measured.rateLimits,
    overload: measured.overload,
    healthChecks: measured.healthChecks,
    retryBudgets: measured.retryBudgets,
    connections: measured.connections,
    http2Refusals: measured.http2Refusals,
    refusedConnections: measured.refusedConnections,
    observability: measured.observability,
    formerEpochs: status.formerEpochs,
    problems,
  });
}

function describeProcess(): object {
  const { node, v8, openssl, uv } = process.versions;
  return {
    pid: process.pid,
    versions: { node, v8, openssl, uv },
    platform: `${process.platform} ${process.arch}`,
    uptimeSeconds: Math.round(process.uptime()),
    // Values of variables and arguments may be secrets.
    environmentNames: Object.keys(process.env).sort(),
    memory: process.memoryUsage(),
    heap: getHeapStatistics(),
    usage: process.resourceUsage(),
    handles: countByName(process.getActiveResourcesInfo()),
    machine: { cpus: availableParallelism(), load: loadavg(), memoryBytes: totalmem() },
  };
}

async function watchEventLoop(): Promise<object> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const before = performance.eventLoopUtilization();
  delay.enable();
  await wait(WATCH_MS);
  delay.disable();
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  return {
    watchedMs: WATCH_MS,
    delayMs: {
      median: milliseconds(delay.percentile(50)),
      p99: milliseconds(delay.percentile(99)),
      max: milliseconds(delay.max),
    },
    utilization: performance.eventLoopUtilization(before).utilization,
    utilizationSinceStart: performance.eventLoopUtilization().utilization,
  };
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
