/** What callers got, beside what it took. */
export interface Tries {
  /** Percent of requests that did not fail in the end. */
  readonly effective: number;
  /** Percent of all tries that did not fail. */
  readonly actual: number;
  /** Tries beyond the first of each request, per second. */
  readonly retryRate: number;
}

/** Each retry follows a try that failed. undefined when nothing was tried again, so that both shares are the same. */
export function triesOf(
  traffic: { readonly requests: number; readonly rate: number; readonly successRate: number },
  retries: number,
): Tries | undefined {
  const { requests, rate, successRate } = traffic;
  if (retries === 0 || requests === 0) return undefined;
  return {
    effective: successRate,
    actual: (successRate * requests) / (requests + retries),
    retryRate: (rate * retries) / requests,
  };
}
