import type { RetryBudget } from './retry-budget.ts';

/** When a try may be repeated and how long to wait before; compiled from a Policy or a rule. */
export interface RetryPolicy {
  /** Tries beyond the first. */
  readonly attempts: number;
  /** A request with a longer body, or one that is longer so far, is not kept for another try. */
  readonly maxBodyBytes: number;
  /** One for each service, whatever its rules say, so that retries of all of them share it. */
  readonly budget: RetryBudget;
  /** Whether a request that may have reached the service can be sent again. */
  mayRepeat(method: string): boolean;
  readonly onReset: boolean;
  readonly onTimeout: boolean;
  onStatus(status: number): boolean;
  onGrpcStatus(status: number): boolean;
  /** Milliseconds before try number `retry` (1 is the first beyond the first try). */
  backoffMs(retry: number): number;
}
