import type { RequestHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import type { RouteDecision } from '../router/route-decision.ts';

/** Why a request is answered by the mesh at once. */
export interface Refused {
  readonly code: DataPathErrorCode;
  readonly detail: string;
  /** Further fields of the answer. */
  readonly lines: string;
}

/** Holds a request to the limits of its decision. Undefined when it may pass: then it must {@link leave} once. */
export function enter(
  { refusal, rateLimits, circuit }: RouteDecision,
  head: RequestHead,
  source: string,
  now: number,
): Refused | undefined {
  if (refusal !== undefined) return { ...refusal, lines: '' };
  for (const limiter of rateLimits) {
    const waitMs = limiter.take(head, source, now);
    if (waitMs === 0) continue;
    const detail = `the limit ${limiter.name} is reached`;
    return { code: 'rate_limited', detail, lines: limiter.answerLines(waitMs) };
  }
  if (circuit === undefined) return undefined;
  if (circuit.active >= circuit.max) return { code: 'circuit_open', detail: '', lines: '' };
  circuit.active++;
  return undefined;
}

export function leave({ circuit }: RouteDecision): void {
  if (circuit !== undefined) circuit.active--;
}
