import type { Retries, RetryCondition } from '@tulle/mesh/retries';
import type { RetryBudget } from './retry-budget.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** RFC 9110 section 9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

const serverErrors = Array.from({ length: 100 }, (_, index) => 500 + index);

const statusesOf: Partial<Record<RetryCondition, readonly number[]>> = {
  'gateway-error': [502, 503, 504],
  'server-error': serverErrors,
  conflict: [409],
  'rate-limited': [429],
};

const grpcStatusesOf: Partial<Record<RetryCondition, readonly number[]>> = {
  cancelled: [1],
  'deadline-exceeded': [4],
  'resource-exhausted': [8],
  aborted: [10],
  internal: [13],
  unavailable: [14],
};

/** `random` gives numbers in [0, 1). */
export function compileRetryPolicy(
  retries: Retries,
  budget: RetryBudget,
  random: () => number = Math.random,
): RetryPolicy {
  const { attempts, maxBodyBytes, on, methods, backoffBaseMs, backoffMaxMs } = retries;
  const all = methods === 'all';
  const status = tableOf(on, statusesOf, 600);
  const grpcStatus = tableOf(on, grpcStatusesOf, 17);
  return {
    attempts,
    maxBodyBytes,
    budget,
    mayRepeat: (method) => all || idempotent.has(method),
    onReset: on.includes('reset'),
    onTimeout: on.includes('timeout'),
    onStatus: (code) => status[code] === 1,
    onGrpcStatus: (code) => grpcStatus[code] === 1,
    // "Full jitter" of M. Brooker, Exponential Backoff And Jitter (AWS Architecture Blog, 2015): callers that failed
    // together do not come back together.
    backoffMs: (retry) => random() * Math.min(backoffMaxMs, backoffBaseMs * 2 ** (retry - 1)),
  };
}

/** 1 for each code that one of the conditions stands for. */
function tableOf(
  on: readonly RetryCondition[],
  codesOf: Partial<Record<RetryCondition, readonly number[]>>,
  size: number,
): Uint8Array {
  const table = new Uint8Array(size);
  for (const condition of on) {
    for (const code of codesOf[condition] ?? []) table[code] = 1;
  }
  return table;
}
