import { defaultPolicy } from '@tulle/mesh/policy';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import { AccessLog, type AccessLogSettings } from '../access-log/access-log.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { SpanResource } from '../otlp/otlp-json.ts';
import { SpanExporter } from '../otlp/span-exporter.ts';
import { spanOfExchange } from '../otlp/span-of-exchange.ts';
import { type BucketSize, TokenBucket } from '../rate-limit/token-bucket.ts';
import { traceOf } from '../trace/trace-context.ts';
import type { ObservedExchange, RefusedRequest } from './observed-exchange.ts';

/** Anybody can make requests that are refused: of a flood of them so many are enough to know it by. */
const refusalsNoted: BucketSize = { perMs: 10 / 1_000, burst: 50 };

const { tracePercent } = defaultPolicy('unknown').observability;

/** The settings of this agent; which requests leave a line or a span is said by the Policy of each service. */
export interface ObservabilitySettings {
  readonly accessLog?: AccessLogSettings | undefined;
  /** Address of a collector that takes OTLP over HTTP; without it no span is made. */
  readonly otlpEndpoint?: string | undefined;
}

export interface ObservabilityCounts {
  /** `withheld`: requests that were refused, of which too many came at once. */
  readonly accessLog: { readonly written: number; readonly dropped: number; readonly withheld: number };
  /** Undefined where no span is made. */
  readonly spans:
    | { readonly exported: number; readonly dropped: number; readonly failed: number }
    | undefined;
}

/** What exchanges leave behind beside their counters: lines of the access log, and spans. */
export class Observability {
  readonly makesSpans: boolean;
  /** Some service has its requests written down: those that reached none are then written down as well. */
  logsRefusals = false;
  private readonly refusals = new TokenBucket(refusalsNoted, performance.now());
  private withheld = 0;
  private readonly accessLog: AccessLog;
  private readonly spans: SpanExporter | undefined;

  constructor(settings: ObservabilitySettings, resource: SpanResource, logger: DataPlaneLogger) {
    const { accessLog, otlpEndpoint } = settings;
    this.accessLog = new AccessLog(accessLog ?? {}, logger);
    this.spans =
      otlpEndpoint === undefined ? undefined : new SpanExporter({ endpoint: otlpEndpoint, resource, logger });
    this.makesSpans = this.spans !== undefined;
  }

  answerFields(head: ResponseHead): readonly (string | undefined)[] | undefined {
    return this.accessLog.answerFields(head);
  }

  exchangeOver(exchange: ObservedExchange, durationMs: number): void {
    const { decision } = exchange;
    if (decision !== undefined) this.accessLog.add(exchange, durationMs, decision.observability);
    this.addSpan(exchange, durationMs);
  }

  /** No policy says what is left of it: a line as soon as there is a log, a span where its trace is sampled, few at a time. */
  requestRefused(request: RefusedRequest, durationMs: number): void {
    const { logsRefusals, makesSpans } = this;
    if (!logsRefusals && !makesSpans) return;
    if (this.refusals.take(refusalsNoted, performance.now()) > 0) {
      this.withheld++;
      return;
    }
    const { head, isGrpc, startedAt, status, failure, detail, tally } = request;
    const trace = traceOf(head, tracePercent, makesSpans);
    const { source } = tally.edge;
    const unknown = { grpcStatus: -1, decision: undefined, answerFields: undefined };
    const noted = { head, isGrpc, startedAt, status, failure, detail, tally, trace, source, ...unknown };
    if (logsRefusals) this.accessLog.write(noted, durationMs);
    this.addSpan(noted, durationMs);
  }

  counts(): ObservabilityCounts {
    const { written, dropped } = this.accessLog;
    const { spans, withheld } = this;
    return {
      accessLog: { written, dropped, withheld },
      spans: spans && { exported: spans.exported, dropped: spans.dropped, failed: spans.failed },
    };
  }

  /** The log was moved away to make room for a new one. */
  reopen(): void {
    this.accessLog.reopen();
  }

  private addSpan(exchange: ObservedExchange, durationMs: number): void {
    const { trace } = exchange;
    if (trace?.parentSpan === undefined) return;
    const { parentSpan } = trace;
    this.spans?.add(spanOfExchange(exchange, { ...trace, parentSpan }, durationMs, Date.now()));
  }

  async close(timeoutMs: number): Promise<void> {
    this.accessLog.close();
    await this.spans?.close(timeoutMs);
  }
}
