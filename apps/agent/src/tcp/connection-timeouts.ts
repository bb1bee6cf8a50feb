import type { PolicyFields } from '@tulle/mesh/policy';
import type { RequestTimeouts } from '../router/route-decision.ts';

/** Of a connection whose bytes nobody reads: the time of a request is what it takes to open it. */
export function connectionTimeouts({
  requestMs,
  perTryMs,
  tcpIdleMs,
}: PolicyFields['timeouts']): RequestTimeouts {
  return { requestMs, perTryMs, idleMs: tcpIdleMs === 0 ? Number.POSITIVE_INFINITY : tcpIdleMs };
}
