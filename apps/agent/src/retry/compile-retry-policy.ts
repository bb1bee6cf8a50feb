import type { Retries } from '@tulle/mesh/retries';
import type { RetryBudget } from './retry-budget.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** RFC 9110 section 9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function compileRetryPolicy(retries: Retries, budget: RetryBudget): RetryPolicy {
  const { attempts, maxBodyBytes, on, methods } = retries;
  const all = methods === 'all';
  return {
    attempts,
    maxBodyBytes,
    budget,
    mayRepeat: (method) => all || idempotent.has(method),
    onReset: on.includes('reset'),
    onTimeout: on.includes('timeout'),
    onStatus: () => false,
    onGrpcStatus: () => false,
    backoffMs: () => 0,
  };
}
