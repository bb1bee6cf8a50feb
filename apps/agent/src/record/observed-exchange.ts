import type { RequestHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import type { RequestTrace } from '../trace/trace-context.ts';
import type { ExchangeTally } from './exchange-tally.ts';

/** An exchange that is over, for as long as its head is still there: what is kept of it is copied. */
export interface ObservedExchange {
  readonly head: RequestHead;
  readonly isGrpc: boolean;
  /** In milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** Name of the service that called; '' when it is not known. */
  readonly source: string;
  /** 0 when nothing was answered. */
  readonly status: number;
  /** -1 of what is no call of gRPC, or got no status of its own. */
  readonly grpcStatus: number;
  readonly failure: DataPathErrorCode | undefined;
  /** What more is known of the failure; '' for nothing. May hold what a peer said. */
  readonly detail: string;
  readonly decision: RouteDecision | undefined;
  readonly trace: RequestTrace | undefined;
  readonly tally: ExchangeTally;
  /** Values of the fields of the answer that the access log was asked for, in its order. */
  readonly answerFields: readonly (string | undefined)[] | undefined;
}

/** A request that was refused before anything was decided about it. */
export type RefusedRequest = Pick<
  ObservedExchange,
  'head' | 'isGrpc' | 'startedAt' | 'status' | 'failure' | 'detail' | 'tally'
>;
