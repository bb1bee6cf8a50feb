import { compileRetryPolicy } from '@tulle/agent/retry/compile-retry-policy';
import { type RetryBudget, unlimitedRetries, WindowedRetryBudget } from '@tulle/agent/retry/retry-budget';
import { retriesSchema } from '@tulle/mesh/retries';

export interface ChainSettings {
  /** Services behind one another; each calls the next once, and fails when that fails. */
  readonly depth: number;
  /** Tries beyond the first, at every hop. */
  readonly attempts: number;
  /** Share of the calls that the last service fails by itself, 0 to 1. */
  readonly failing: number;
  /** Retries in percent of requests, each hop by itself; undefined for no bound. */
  readonly budgetPercent: number | undefined;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}

export interface ChainOutcome {
  /** Share of the requests at the entrance that succeeded. */
  readonly success: number;
  /** Calls that reached each service for one request at the entrance. */
  readonly load: readonly number[];
}

/** Plays requests through a chain of services in which every hop retries by the agent's own rules. */
export function playChain(settings: ChainSettings): ChainOutcome {
  const { depth, attempts, failing, budgetPercent, requests, requestsPerSecond, random } = settings;
  const retries = retriesSchema.parse({ attempts, on: ['gateway-error'] });
  const budgetOfHop = (): RetryBudget =>
    budgetPercent === undefined ? unlimitedRetries : new WindowedRetryBudget(budgetPercent, 0, 0);
  const hops = Array.from({ length: depth }, () => compileRetryPolicy(retries, budgetOfHop(), random));
  const calls = hops.map(() => 0);

  const statusOf = (service: number, now: number): number => {
    calls[service] = (calls[service] ?? 0) + 1;
    if (service === depth - 1) return random() < failing ? 503 : 200;
    return callFrom(service + 1, now);
  };
  const callFrom = (service: number, now: number): number => {
    const policy = hops[service];
    if (policy === undefined) throw new RangeError('no such service');
    policy.budget.onRequest(now);
    for (let tries = 1; ; tries++) {
      const status = statusOf(service, now);
      const again = tries <= policy.attempts && policy.mayRepeat('GET') && policy.onStatus(status);
      if (!again || !policy.budget.take(now)) return status;
    }
  };

  let succeeded = 0;
  for (let index = 0; index < requests; index++) {
    if (callFrom(0, (index * 1_000) / requestsPerSecond) === 200) succeeded++;
  }
  return { success: succeeded / requests, load: calls.map((count) => count / requests) };
}

/**
 * The same by arithmetic: a hop with n tries whose calls fail with probability f makes 1 + f + … + f^(n-1) calls and
 * fails with probability f^n, which is what the hop before it meets.
 */
export function closedForm({ depth, attempts, failing }: Omit<ChainSettings, 'random'>): ChainOutcome {
  const tries = attempts + 1;
  const callsOfHop: number[] = [];
  let failure = failing;
  for (let hop = depth - 1; hop >= 0; hop--) {
    callsOfHop.unshift(failure === 1 ? tries : (1 - failure ** tries) / (1 - failure));
    failure **= tries;
  }
  let arriving = 1;
  const load = callsOfHop.map((calls) => {
    arriving *= calls;
    return arriving;
  });
  return { success: 1 - failure, load };
}
