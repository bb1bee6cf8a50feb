import { formatPercent } from '@tulle/mesh/format';

interface Success {
  readonly requests: number;
  readonly successRate: number;
  readonly trySuccessRate?: number | undefined;
}

/** Share of tries that succeeded, in words; null where it reads as the share of requests does. */
export function trySuccessWords({ requests, successRate, trySuccessRate }: Success): string | null {
  if (requests === 0 || trySuccessRate === undefined) return null;
  const words = formatPercent(trySuccessRate);
  return words === formatPercent(successRate) ? null : words;
}

/** What the two shares are, for who points at them. */
export const trySuccessHint = 'Success as callers see it, after retries; below it, of all single tries';
