import type { BackendRegistry } from '../balance/backend-registry.ts';
import type { ActiveExchanges } from '../forward/active-exchanges.ts';
import type { CallerConnection } from '../forward/exchange-caller.ts';
import type { LocalService } from '../inbound/local-service.ts';
import type { Pressure } from '../lifecycle/memory-guard.ts';
import type { CompiledService, Compiler } from '../router/compile.ts';
import type { RequestCircuit } from '../router/route-decision.ts';
import type { ConnectionCount, Measurements, Overload } from './measurements.ts';
import type { ProtocolRefusals } from './protocol-refusals.ts';
import type { RouteRecorder } from './route-recorder.ts';
import { sumRateLimits } from './sum-measurements.ts';

/** What of the data path is looked at. */
export interface Measured {
  readonly routeRecorder: RouteRecorder;
  readonly compiler: Compiler;
  readonly services: ReadonlyMap<string, CompiledService>;
  readonly callers: Iterable<CallerConnection>;
  readonly registry: BackendRegistry;
  readonly refusals: ProtocolRefusals;
  readonly active: ActiveExchanges;
  readonly pressure: Pressure;
  readonly localService: LocalService | undefined;
}

export function measure(measured: Measured): Omit<Measurements, 'observability' | 'refusedConnections'> {
  const { routeRecorder, compiler, services, callers, registry, refusals, localService } = measured;
  const now = performance.now();
  const limiters = [...compiler.limiters.entries(), ...(localService?.limiters.entries() ?? [])];
  return {
    routes: Array.from(routeRecorder.series(), (series) => series.counts()),
    rules: Array.from(routeRecorder.rules(), (record) => record.counts()),
    circuits: Array.from(services.values()).flatMap(({ routes: { decision } }) =>
      decision.circuit === undefined ? [] : [circuitOf(decision.service, decision.circuit)],
    ),
    rateLimits: sumRateLimits(
      limiters.map(([service, { name, refused }]) => ({ service, limit: name, refused })),
    ),
    retryBudgets: Array.from(compiler.budgets.entries(), ([service, budget]) => ({
      service,
      left: budget.left(now),
    })),
    overload: overloadOf(measured),
    healthChecks: checksOf(localService),
    connections: [...countCallers(callers), ...countBackends(registry)],
    http2Refusals: Object.fromEntries(refusals.totals()),
  };
}

function circuitOf(service: string, { active, max }: RequestCircuit): Measurements['circuits'][number] {
  return { service, active, max, open: active >= max };
}

function overloadOf({ localService, active, pressure }: Measured): Overload {
  const { concurrency } = localService ?? {};
  return {
    concurrency: concurrency && {
      limit: concurrency.limit,
      inFlight: concurrency.inFlight,
      baselineMs: concurrency.baselineMs,
      refused: concurrency.refused,
    },
    memory: { pressure, refused: active.shedding.refused },
  };
}

function checksOf(localService: LocalService | undefined): Measurements['healthChecks'] {
  if (localService === undefined) return { ok: 0, failed: 0 };
  const { requests, ok } = localService.checks.snapshot();
  return { ok, failed: requests - ok };
}

function countCallers(callers: Iterable<CallerConnection>): ConnectionCount[] {
  const counts = new Map<string, number>();
  for (const { protocol } of callers) counts.set(protocol, (counts.get(protocol) ?? 0) + 1);
  return Array.from(counts, ([protocol, count]) => ({ side: 'callers', protocol, count }));
}

function countBackends(registry: BackendRegistry): ConnectionCount[] {
  const counts = new Map<string, number>();
  for (const { backend } of registry.entries()) {
    const { protocol, size } = backend.pool;
    counts.set(protocol, (counts.get(protocol) ?? 0) + size);
  }
  return Array.from(counts, ([protocol, count]) => ({ side: 'backends', protocol, count }));
}
