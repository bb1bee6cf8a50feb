import type { RequestHead } from '@tulle/wire/http/message-head';
import { type ConcurrencyLimit, REFUSED } from '../concurrency/concurrency-limit.ts';
import { priorityOf } from '../concurrency/priority.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { RequestCircuit, RouteDecision } from '../router/route-decision.ts';

/** Why a request is answered by the mesh at once. */
export interface Refused {
  readonly code: DataPathErrorCode;
  readonly detail: string;
  /** Further fields of the answer. */
  readonly lines: string;
}

/** The place of a request among those in flight, where they are limited; to be left once. */
export class Place {
  private readonly circuit: RequestCircuit | undefined;
  private readonly concurrency: ConcurrencyLimit | undefined;
  private readonly ticket: number;

  constructor(
    circuit: RequestCircuit | undefined,
    concurrency: ConcurrencyLimit | undefined,
    ticket: number,
  ) {
    this.circuit = circuit;
    this.concurrency = concurrency;
    this.ticket = ticket;
    if (circuit !== undefined) circuit.active++;
  }

  /** `latencyMs` until the head of the answer; -1 when it says nothing about the service. */
  leave(latencyMs: number, ok: boolean, now: number): void {
    if (this.circuit !== undefined) this.circuit.active--;
    if (latencyMs < 0) this.concurrency?.leave(this.ticket, now);
    else this.concurrency?.release(this.ticket, latencyMs, ok, now);
  }
}

/** Holds a request to the limits of its decision. Undefined when it may pass and nothing counts it. */
export function admit(
  { refusal, rateLimits, circuit, concurrency }: RouteDecision,
  head: RequestHead,
  source: string,
  now: number,
): Refused | Place | undefined {
  if (refusal !== undefined) return { ...refusal, lines: '' };
  for (const limiter of rateLimits) {
    const waitMs = limiter.take(head, source, now);
    if (waitMs === 0) continue;
    const detail = `the limit ${limiter.name} is reached`;
    return { code: 'rate_limited', detail, lines: limiter.answerLines(waitMs) };
  }
  if (circuit === undefined && concurrency === undefined) return undefined;
  if (circuit !== undefined && circuit.active >= circuit.max)
    return { code: 'circuit_open', detail: '', lines: '' };
  const ticket = concurrency === undefined ? 0 : concurrency.admit(priorityOf(head.get('priority')));
  if (ticket === REFUSED) return { code: 'shed', detail: '', lines: retrySoon };
  return new Place(circuit, concurrency, ticket);
}

/** An overload lasts seconds, not minutes; callers that all come back at once would make the next. */
const retrySoon = 'retry-after: 1\r\n';
export const outOfMemory: Refused = { code: 'shed', detail: 'memory is short', lines: retrySoon };
