import type { PolicyFields } from '@tulle/mesh/policy';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { ObservedExchange } from '../record/observed-exchange.ts';
import { AppendedFile, LineWriter } from './line-writer.ts';
import { defaultLogFields, LogFormat, outcomeOf } from './log-fields.ts';

export interface AccessLogSettings {
  /** A file, or `-` for standard output. */
  readonly path?: string | undefined;
  /** In the order they are written; by default all that hold nothing people typed. */
  readonly fields?: readonly string[] | undefined;
}

/** A file that cannot be written is spoken of this often. */
const COMPLAINT_MS = 60_000;

/** Which exchanges leave a line is said by the Policy of each service; what stands in it and where, by the agent's settings. */
export class AccessLog {
  private readonly format: LogFormat;
  private readonly writer: LineWriter;
  private complainedAt = Number.NEGATIVE_INFINITY;

  constructor({ path = '-', fields = defaultLogFields }: AccessLogSettings, logger: DataPlaneLogger) {
    this.format = new LogFormat(fields);
    this.writer = new LineWriter(new AppendedFile(path), (error) => {
      const now = performance.now();
      if (now - this.complainedAt < COMPLAINT_MS) return;
      this.complainedAt = now;
      logger.error(
        { err: error, path },
        'the access log cannot be written: its lines are dropped and counted',
      );
    });
  }

  get written(): number {
    return this.writer.written;
  }

  get dropped(): number {
    return this.writer.dropped;
  }

  /** The values that are wanted of an answer; undefined when there are none. */
  answerFields(head: ResponseHead): readonly (string | undefined)[] | undefined {
    const { answerFields } = this.format;
    return answerFields.length === 0 ? undefined : answerFields.map((name) => head.get(name));
  }

  add(exchange: ObservedExchange, durationMs: number, policy: PolicyFields['observability']): void {
    if (isWanted(exchange, policy)) this.write(exchange, durationMs);
  }

  /** Whatever a policy says. */
  write(exchange: ObservedExchange, durationMs: number): void {
    this.writer.add(this.format.line(exchange, durationMs));
  }

  reopen(): void {
    this.writer.reopen();
  }

  close(): void {
    this.writer.close();
  }
}

function isWanted(
  exchange: ObservedExchange,
  { accessLog, accessLogPercent }: PolicyFields['observability'],
): boolean {
  if (accessLog === 'off') return false;
  if (accessLog === 'all') return true;
  if (accessLog === 'sampled') return Math.random() * 100 < accessLogPercent;
  const outcome = outcomeOf(exchange);
  return outcome === 'serverError' || outcome === 'meshError';
}
