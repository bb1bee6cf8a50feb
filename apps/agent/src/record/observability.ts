import type { ResponseHead } from '@tulle/wire/http/message-head';
import { AccessLog, type AccessLogSettings } from '../access-log/access-log.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { SpanResource } from '../otlp/otlp-json.ts';
import { SpanExporter } from '../otlp/span-exporter.ts';
import { spanOfExchange } from '../otlp/span-of-exchange.ts';
import type { ObservedExchange } from './observed-exchange.ts';

/** The settings of this agent; which requests leave a line or a span is said by the Policy of each service. */
export interface ObservabilitySettings {
  readonly accessLog?: AccessLogSettings | undefined;
  /** Address of a collector that takes OTLP over HTTP; without it no span is made. */
  readonly otlpEndpoint?: string | undefined;
}

export interface ObservabilityCounts {
  readonly accessLog: { readonly written: number; readonly dropped: number };
  /** Undefined where no span is made. */
  readonly spans:
    | { readonly exported: number; readonly dropped: number; readonly failed: number }
    | undefined;
}

/** What exchanges leave behind beside their counters: lines of the access log, and spans. */
export class Observability {
  readonly makesSpans: boolean;
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
    const { decision, trace } = exchange;
    if (decision !== undefined) this.accessLog.add(exchange, durationMs, decision.observability);
    if (trace?.parentSpan === undefined) return;
    const { parentSpan } = trace;
    this.spans?.add(spanOfExchange(exchange, { ...trace, parentSpan }, durationMs, Date.now()));
  }

  counts(): ObservabilityCounts {
    const { written, dropped } = this.accessLog;
    const { spans } = this;
    return {
      accessLog: { written, dropped },
      spans: spans && { exported: spans.exported, dropped: spans.dropped, failed: spans.failed },
    };
  }

  /** The log was moved away to make room for a new one. */
  reopen(): void {
    this.accessLog.reopen();
  }

  async close(timeoutMs: number): Promise<void> {
    this.accessLog.close();
    await this.spans?.close(timeoutMs);
  }
}
