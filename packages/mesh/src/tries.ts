/**
 * Percent of all tries that did not fail, beside `successRate`, the percent of requests that did not fail in the end.
 * Each retry follows a try that failed. undefined when nothing was tried again, so that both shares are the same.
 */
export function trySuccessRate(
  { requests, successRate }: { readonly requests: number; readonly successRate: number },
  retries: number,
): number | undefined {
  return retries === 0 || requests === 0 ? undefined : (successRate * requests) / (requests + retries);
}
