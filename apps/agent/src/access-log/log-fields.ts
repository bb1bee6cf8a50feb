import { dataPathErrors } from '../errors.ts';
import { outcomeOfAnswer } from '../grpc/outcome.ts';
import type { ObservedExchange } from '../record/observed-exchange.ts';
import { isSampled, traceIdOf } from '../trace/trace-context.ts';
import { isSensitiveField } from './sensitive-fields.ts';

type Value = string | number | boolean | undefined;
type Reader = (exchange: ObservedExchange, durationMs: number) => Value;

/** Every field of the access log that is not a field of the messages. What has nothing to say is left out of the line. */
export const logFields = {
  time: ({ startedAt }) => new Date(Date.now() - (performance.now() - startedAt)).toISOString(),
  side: ({ tally }) => tally.edge.side,
  source: ({ source }) => given(source),
  service: ({ decision, tally }) => decision?.service ?? given(tally.edge.destination),
  rule: ({ decision }) => given(decision?.rule),
  destination: ({ tally }) => tally.backend?.series.key.destination,
  version: ({ tally }) => tally.backend?.endpoint.version,
  endpoint: ({ tally }) => tally.backend?.endpoint.id,
  method: ({ head }) => given(head.method),
  authority: ({ head }) => given(head.authority),
  path: ({ head }) => given(head.path.split('?', 1)[0]),
  query: ({ head }) => (head.path.includes('?') ? head.path.slice(head.path.indexOf('?') + 1) : undefined),
  protocol: ({ head }) => (head.major === 2 ? 'HTTP/2' : `HTTP/1.${head.minor}`),
  status: (exchange) => statusOf(exchange),
  grpcStatus: ({ grpcStatus }) => (grpcStatus < 0 ? undefined : grpcStatus),
  outcome: (exchange) => outcomeOf(exchange),
  error: ({ failure }) => failure,
  detail: ({ detail }) => given(detail),
  durationMs: (_exchange, durationMs) => rounded(durationMs),
  firstByteMs: ({ tally }) => (tally.firstByteMs < 0 ? undefined : rounded(tally.firstByteMs)),
  bytesSent: ({ tally }) => tally.bytesSent,
  bytesReceived: ({ tally }) => tally.bytesReceived,
  tries: ({ tally }) => tally.tries,
  traceId: ({ trace }) => trace && traceIdOf(trace.traceparent),
  sampled: ({ trace }) => trace && isSampled(trace.traceparent),
} as const satisfies Record<string, Reader>;

export type LogFieldName = keyof typeof logFields;

/** Everything but what may hold what people typed. */
export const defaultLogFields: readonly LogFieldName[] = (Object.keys(logFields) as LogFieldName[]).filter(
  (name) => name !== 'query',
);

export const REDACTED = '[redacted]';

/** Writes the chosen fields of one exchange as one line of JSON. */
export class LogFormat {
  /** Names of the fields of the answer that are wanted; their values are taken while it passes. */
  readonly answerFields: readonly string[];
  private readonly readers: readonly (readonly [lead: string, read: Reader])[];

  /** `names`: those of {@link logFields}, `request.<name>` and `response.<name>` for fields of the messages. */
  constructor(names: readonly string[]) {
    this.answerFields = names.filter((name) => name.startsWith('response.')).map((name) => fieldNameOf(name));
    this.readers = names.map((name) => [`${JSON.stringify(name)}:`, this.readerOf(name)]);
  }

  line(exchange: ObservedExchange, durationMs: number): string {
    let text = '{';
    for (const [lead, read] of this.readers) {
      const value = read(exchange, durationMs);
      if (value === undefined) continue;
      text += `${text === '{' ? '' : ','}${lead}${json(value)}`;
    }
    return `${text}}\n`;
  }

  private readerOf(name: string): Reader {
    if (isLogField(name)) return logFields[name];
    const field = fieldNameOf(name);
    const sensitive = isSensitiveField(field);
    const read = name.startsWith('request.') ? requestField(field) : this.answerField(field);
    return sensitive ? (...of) => (read(...of) === undefined ? undefined : REDACTED) : read;
  }

  private answerField(field: string): Reader {
    const place = this.answerFields.indexOf(field);
    return ({ answerFields }) => answerFields?.[place];
  }
}

/** Whether the access log knows a field of this name. */
export function isLoggable(name: string): boolean {
  return isLogField(name) || /^(?:request|response)\.[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name);
}

export function outcomeOf(exchange: ObservedExchange): string {
  return exchange.failure === undefined ? outcomeOfAnswer(exchange) : 'meshError';
}

function isLogField(name: string): name is LogFieldName {
  return Object.hasOwn(logFields, name);
}

function fieldNameOf(name: string): string {
  return name.slice(name.indexOf('.') + 1).toLowerCase();
}

function requestField(field: string): Reader {
  return ({ head }) => head.get(field);
}

function statusOf({ status, failure, isGrpc }: ObservedExchange): number | undefined {
  if (status !== 0) return status;
  if (failure === undefined) return undefined;
  return isGrpc ? 200 : dataPathErrors[failure].status;
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}

/** ASCII only: bytes of peers stand as \u escapes, so that no reader takes them for the end of a line or of a string. */
function json(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
