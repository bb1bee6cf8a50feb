import type { BackendRegistry } from '../balance/backend-registry.ts';
import type { CallerConnection } from '../forward/exchange-caller.ts';
import type { CompiledService, Compiler } from '../router/compile.ts';
import type { ConnectionCount, Measurements } from './measurements.ts';
import type { ProtocolRefusals } from './protocol-refusals.ts';
import type { RouteRecorder } from './route-recorder.ts';

/** What of the data path is looked at. */
export interface Measured {
  readonly routeRecorder: RouteRecorder;
  readonly compiler: Compiler;
  readonly services: ReadonlyMap<string, CompiledService>;
  readonly callers: Iterable<CallerConnection>;
  readonly registry: BackendRegistry;
  readonly refusals: ProtocolRefusals;
}

export function measure({
  routeRecorder,
  compiler,
  services,
  callers,
  registry,
  refusals,
}: Measured): Omit<Measurements, 'observability' | 'refusedConnections'> {
  const now = performance.now();
  return {
    routes: routeRecorder.series(),
    rules: routeRecorder.rules(),
    circuits: Array.from(services.values()).flatMap(({ routes: { decision } }) =>
      decision.circuit === undefined ? [] : [{ service: decision.service, ...decision.circuit }],
    ),
    rateLimits: Array.from(compiler.limiters.entries(), ([service, { name, refused }]) => ({
      service,
      limit: name,
      refused,
    })),
    retryBudgets: Array.from(compiler.budgets.entries(), ([service, budget]) => ({
      service,
      left: budget.left(now),
    })),
    connections: [...countCallers(callers), ...countBackends(registry)],
    http2Refusals: refusals.totals(),
  };
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
