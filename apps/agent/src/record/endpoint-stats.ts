import type { Backend } from '../balance/backend.ts';
import type { EndpointStats } from '../data-plane.ts';

/** `now` in milliseconds of `performance.now()`. */
export function endpointStats(service: string, backend: Backend, now: number): EndpointStats {
  const { why, reason, until } = backend.state(now);
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
    forMs: until === undefined ? undefined : Math.max(0, until - now),
    ejections: backend.ejection.count,
    tries: backend.tries,
    failedTries: backend.failedTries,
    failedConnects: backend.failedConnects,
  };
}
