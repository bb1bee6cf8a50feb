export const healthStates = ['idle', 'ok', 'degraded', 'failing'] as const;
export type Health = (typeof healthStates)[number];

/** What was seen of a service or an edge in a window; `p95Ms` beside `maxP95Ms` where somebody has set a limit. */
export interface HealthSignals {
  readonly requests: number;
  /** Server errors and requests the mesh itself failed. */
  readonly errors: number;
  readonly p95Ms?: number | undefined;
  readonly maxP95Ms?: number | undefined;
}

/** Shares of requests from which on a person should look. */
export const degradedErrorShare = 0.01;
export const failingErrorShare = 0.05;
/** One error among few requests is no trend: less than this many errors never count. */
const minErrors = 2;

/** Idle without requests; slow is degraded at most, since slow answers still are answers. */
export function healthOf({ requests, errors, p95Ms, maxP95Ms }: HealthSignals): Health {
  if (requests <= 0) return 'idle';
  const share = errors / requests;
  // When every request fails there is nothing to wait for.
  if (errors >= minErrors || errors >= requests) {
    if (share >= failingErrorShare) return 'failing';
    if (share >= degradedErrorShare) return 'degraded';
  }
  if (p95Ms !== undefined && maxP95Ms !== undefined && p95Ms > maxP95Ms) return 'degraded';
  return 'ok';
}
