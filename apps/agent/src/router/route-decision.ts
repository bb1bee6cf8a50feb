import type { PolicyFields } from '@tulle/mesh/policy';
import type { Protocol } from '@tulle/mesh/service';
import type { HeadEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { ConcurrencyLimit } from '../concurrency/concurrency-limit.ts';
import type { Priority } from '../concurrency/priority.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RouteRecord } from '../record/route-record.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';

/** What the router says about a request: plain facts, compiled when the configuration was applied. */
export interface RouteDecision {
  /** The service that was asked for: whose policy holds, and where the request counts. */
  readonly service: string;
  /** What the service speaks. */
  readonly protocol: Protocol;
  /** Name of the rule for metrics and logs; '' when none matched, or one without a name. */
  readonly rule: string;
  /** Answered with this error and sent nowhere; asked before everything else. */
  readonly refusal: Refusal | undefined;
  readonly destination: Destination;
  readonly timeouts: RequestTimeouts;
  readonly retry: RetryPolicy;
  readonly observability: PolicyFields['observability'];
  /** Where its requests are counted for this agent's own metrics. */
  readonly record: RouteRecord;
  /** Whether it goes to the service beside this agent. */
  readonly isLocal: boolean;
  /** How long a request waits for a service that has never listened yet: it is starting beside its agent. */
  readonly startPatienceMs: number;
  /** Requests in flight to the service from this agent; undefined without a limit. */
  readonly circuit: RequestCircuit | undefined;
  /** Follows the latency of the local service; undefined on the way out, and where the policy does not ask for it. */
  readonly concurrency: ConcurrencyLimit | undefined;
  readonly rateLimits: readonly RateLimiter[];
  /** How much its requests matter, whatever they say; undefined where each says it. */
  readonly priority: Priority | undefined;
  readonly fault: FaultDecision | undefined;
  /** Answered by the agent itself. */
  readonly redirect: RedirectDecision | undefined;
  readonly mirrors: readonly MirrorDecision[];
}

export type RequestTimeouts = Pick<PolicyFields['timeouts'], 'requestMs' | 'perTryMs' | 'idleMs'>;

export interface Refusal {
  readonly code: DataPathErrorCode;
  readonly detail: string;
}

/** Where the requests of a rule go. */
export interface Destination {
  /** Chooses by weights, then by the balancer; undefined when there is no endpoint at all. Asked again for every try. */
  pick(request: PickRequest): Target | undefined;
}

/** One backend with what a rule or its backendRef changes on the way there; one object for each, made at compile time. */
export interface Target {
  readonly backend: Backend;
  readonly request: RequestChange | undefined;
  readonly response: HeadChange | undefined;
}

export type HeadChange = Pick<HeadEdit, 'removed' | 'added'>;

export interface RequestChange extends HeadChange {
  /** Path and query to ask for in place of the request's; undefined leaves it. */
  readonly path: ((head: RequestHead) => string) | undefined;
  /** In place of host and port; '' leaves them. */
  readonly authority: string;
}

/** Counts requests in flight. */
export interface RequestCircuit {
  readonly max: number;
  active: number;
}

export interface FaultDecision {
  /** Milliseconds this request is held back; 0 for most. Draws at random. */
  delayMs(head: RequestHead): number;
  /** How this request is answered in place of the service. Draws at random. */
  abort(head: RequestHead): { readonly status: number; readonly grpcStatus: number } | undefined;
}

export interface RedirectDecision {
  readonly status: number;
  location(head: RequestHead): string;
}

export interface MirrorDecision {
  readonly percent: number;
  readonly destination: Destination;
}
