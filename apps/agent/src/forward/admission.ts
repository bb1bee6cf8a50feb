import type { RequestHead } from '@tulle/wire/http/message-head';
import { type ConcurrencyLimit, REFUSED } from '../concurrency/concurrency-limit.ts';
import { type Priority, priorityOf } from '../concurrency/priority.ts';
import type { Deadlines } from '../deadline/deadlines.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { PRESSURE } from '../lifecycle/memory-guard.ts';
import type { RequestCircuit, RouteDecision } from '../router/route-decision.ts';
import type { ForwardEnvironment } from './passage.ts';

/** A request that asks to be sent on. */
export interface Applicant {
  readonly head: RequestHead;
  /** Name of the service that called; '' when it is not known. */
  readonly source: string;
  /** In milliseconds of `performance.now()`. */
  readonly startedAt: number;
}

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

/** An overload lasts seconds, not minutes; callers that all come back at once would make the next. */
const retrySoon = 'retry-after: 1\r\n';
const outOfMemory: Refused = { code: 'shed', detail: 'memory is short', lines: retrySoon };
const tooLate: Refused = { code: 'request_timeout', detail: 'no time was left', lines: '' };

/** Holds a request to the limits of this agent and of its decision. Undefined when it may pass and nothing counts it. */
export function admit(
  decision: RouteDecision,
  applicant: Applicant,
  deadlines: Deadlines,
  environment: ForwardEnvironment,
): Refused | Place | undefined {
  const { head, source, startedAt } = applicant;
  if (environment.pressure > PRESSURE.none && isShed(decision, head, environment)) return outOfMemory;
  if (deadlines.isOver(startedAt)) return tooLate;
  const { refusal, rateLimits, circuit, concurrency } = decision;
  if (refusal !== undefined) return { ...refusal, lines: '' };
  for (const limiter of rateLimits) {
    const waitMs = limiter.take(head, source, environment.clock.now);
    if (waitMs === 0) continue;
    const detail = `the limit ${limiter.name} is reached`;
    return { code: 'rate_limited', detail, lines: limiter.answerLines(waitMs) };
  }
  if (circuit === undefined && concurrency === undefined) return undefined;
  if (circuit !== undefined && circuit.active >= circuit.max)
    return { code: 'circuit_open', detail: '', lines: '' };
  const ticket = concurrency === undefined ? 0 : concurrency.admit(priorityIn(decision, head));
  if (ticket === REFUSED) return { code: 'shed', detail: '', lines: retrySoon };
  return new Place(circuit, concurrency, ticket);
}

function isShed(
  decision: RouteDecision,
  head: RequestHead,
  { pressure, active }: ForwardEnvironment,
): boolean {
  return active.shedding.refuses(pressure, priorityIn(decision, head), active.count);
}

function priorityIn({ priority }: RouteDecision, head: RequestHead): Priority {
  return priority ?? priorityOf(head.get('priority'));
}
