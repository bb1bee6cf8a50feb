import type { FieldSection } from '@tulle/wire/http/field-section';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import { grpcStatusOfHttp, parseGrpcStatus } from '../grpc/grpc-status.ts';
import { isGrpcCall } from '../grpc/is-grpc.ts';
import { outcomeOfAnswer } from '../grpc/outcome.ts';
import { ExchangeTally } from '../record/exchange-tally.ts';
import type { Observability } from '../record/observability.ts';
import type { ObservedExchange } from '../record/observed-exchange.ts';
import type { Series } from '../record/series.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import type { RequestTrace } from '../trace/trace-context.ts';

/** What is known of one exchange, and what it leaves behind: counts, a line of the access log, a span. */
export abstract class ExchangeOutcome implements ObservedExchange {
  readonly head: RequestHead;
  isGrpc: boolean;
  readonly startedAt: number;
  source = '';
  status = 0;
  /** Of a gRPC call; -1 before it is known. */
  grpcStatus = -1;
  failure: DataPathErrorCode | undefined = undefined;
  /** What more is known of the failure. */
  detail = '';
  decision: RouteDecision | undefined = undefined;
  /** The part it takes in a trace; undefined for what is no request of HTTP, or was refused before it. */
  trace: RequestTrace | undefined = undefined;
  answerFields: readonly (string | undefined)[] | undefined = undefined;
  readonly tally: ExchangeTally;

  constructor(head: RequestHead, series: Series) {
    this.head = head;
    this.isGrpc = isGrpcCall(head);
    this.startedAt = performance.now();
    this.tally = new ExchangeTally(series);
  }

  /** The head of the answer came `at`; `failure` when it is the far agent's own. */
  protected noteAnswer(
    head: ResponseHead,
    failure: DataPathErrorCode | undefined,
    at: number,
    observability: Observability,
  ): void {
    this.failure = failure;
    this.tally.answerBegan(at - this.startedAt);
    if (this.isLogged) this.answerFields = observability.answerFields(head);
    this.status = head.status;
    if (this.isGrpc) this.grpcStatus = parseGrpcStatus(head.known(FIELD.grpcStatus)) ?? -1;
  }

  /** The answer is complete. */
  protected noteTrailers(trailers: FieldSection | undefined): void {
    if (!this.isGrpc || this.grpcStatus >= 0) return;
    this.grpcStatus = parseGrpcStatus(trailers?.known(FIELD.grpcStatus)) ?? grpcStatusOfHttp(this.status);
  }

  /** The service did what it was asked, or said why it would not. */
  protected get isServed(): boolean {
    return this.failure === undefined && outcomeOfAnswer(this) !== 'serverError';
  }

  /** Once, at its end; `latencyMs` is its life, but of a tunnel how long that took to open. */
  protected count(latencyMs: number, lifeMs: number, observability: Observability): void {
    const { tally, failure } = this;
    if (failure !== undefined) tally.failed(failure, latencyMs);
    else tally.answered(outcomeOfAnswer(this), this.grpcStatus, latencyMs);
    if (this.decision === undefined) observability.requestRefused(this, lifeMs);
    else if (this.isLogged || this.trace?.parentSpan !== undefined) observability.exchangeOver(this, lifeMs);
  }

  /** A line may be left of it in the access log. */
  private get isLogged(): boolean {
    return this.decision !== undefined && this.decision.observability.accessLog !== 'off';
  }
}
