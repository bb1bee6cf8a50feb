import { setTimeout as wait } from 'node:timers/promises';
import type { DataPlaneLogger } from '../data-plane.ts';
import { exportRequest, type SpanResource } from './otlp-json.ts';
import { type PostAnswer, postJson } from './post-json.ts';
import type { Span } from './span.ts';

export interface SpanExporterOptions {
  /** Of the collector; `/v1/traces` is asked for below it unless it ends so. */
  readonly endpoint: string;
  readonly resource: SpanResource;
  readonly logger: DataPlaneLogger;
  /** How long spans wait for others. */
  readonly gatherMs?: number | undefined;
  readonly firstBackoffMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly maxWaiting?: number | undefined;
}

const GATHER_MS = 2_000;
const TIMEOUT_MS = 10_000;
const MAX_WAITING = 2_048;
const MAX_BATCH = 512;
const MAX_ATTEMPTS = 5;
const FIRST_BACKOFF_MS = 1_000;

/** Statuses that OTLP says to try again after. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Sends spans to a collector by OTLP over HTTP, in JSON. Never in the way of requests: what the collector does not take
 * in time is dropped and counted.
 */
export class SpanExporter {
  exported = 0;
  /** There was no room for them. */
  dropped = 0;
  /** The collector did not take them. */
  failed = 0;
  private readonly url: URL;
  private readonly options: SpanExporterOptions;
  private waiting: Span[] = [];
  private timer: NodeJS.Timeout | undefined = undefined;
  private sending: Promise<void> | undefined = undefined;
  private readonly stop = new AbortController();

  constructor(options: SpanExporterOptions) {
    this.options = options;
    this.url = tracesUrl(options.endpoint);
  }

  add(span: Span): void {
    if (this.waiting.length >= (this.options.maxWaiting ?? MAX_WAITING) || this.stop.signal.aborted) {
      this.dropped++;
      return;
    }
    this.waiting.push(span);
    if (this.sending !== undefined) return;
    if (this.waiting.length >= MAX_BATCH) this.send();
    else this.timer ??= setTimeout(() => this.send(), this.options.gatherMs ?? GATHER_MS).unref();
  }

  /** Sends what waits, at most for `timeoutMs`, and gives up what is left. */
  async close(timeoutMs: number): Promise<void> {
    this.send();
    if (this.sending !== undefined) {
      const late = wait(timeoutMs, undefined, { ref: false });
      await Promise.race([this.sending, late]);
    }
    this.stop.abort();
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending !== undefined || this.waiting.length === 0) return;
    this.sending = this.sendAll().finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0 && !this.stop.signal.aborted) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      if (await this.deliver(exportRequest(batch, this.options.resource))) this.exported += batch.length;
      else this.failed += batch.length;
    }
  }

  private async deliver(body: string): Promise<boolean> {
    const { logger, firstBackoffMs = FIRST_BACKOFF_MS } = this.options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const answer = await this.post(body);
      if (typeof answer !== 'string' && answer.status < 300) return true;
      if (typeof answer !== 'string' && !passing.has(answer.status)) {
        logger.warn({ status: answer.status, url: this.url.origin }, 'the collector refused spans');
        return false;
      }
      const asked = typeof answer === 'string' ? 0 : answer.retryAfterMs;
      const backoffMs = asked || Math.random() * firstBackoffMs * 2 ** attempt;
      if (!(await this.pause(backoffMs))) return false;
    }
    logger.warn(
      { url: this.url.origin },
      'the collector could not be reached: spans are dropped and counted',
    );
    return false;
  }

  /** The answer, or why there is none. */
  private async post(body: string): Promise<PostAnswer | string> {
    try {
      return await postJson(this.url, body, this.options.timeoutMs ?? TIMEOUT_MS);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** False when the exporter is to stop. */
  private async pause(milliseconds: number): Promise<boolean> {
    try {
      await wait(milliseconds, undefined, { ref: false, signal: this.stop.signal });
      return true;
    } catch {
      return false;
    }
  }
}

function tracesUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}
