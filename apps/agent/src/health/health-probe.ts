import type { HealthCheck } from '@tulle/mesh/health-check';
import type { Backend } from '../balance/backend.ts';

/**
 * What a check found. `unknown` says nothing about the endpoint: this agent could not ask, because it has no
 * certificate, is stopping, or has all the connections it may have in use.
 */
export type HealthVerdict = 'healthy' | 'unhealthy' | 'unknown';

/** Asks one endpoint once. */
export interface HealthProbe {
  /** Calls `done` exactly once, after at most `timeoutMs`, with the reason in words for people. */
  check(
    backend: Backend,
    check: HealthCheck,
    timeoutMs: number,
    done: (verdict: HealthVerdict, reason: string) => void,
  ): void;
}
