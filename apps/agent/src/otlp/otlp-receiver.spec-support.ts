import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import * as z from 'zod/mini';

const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`)));
/** 64-bit integers are decimal text in the JSON of protocol buffers. */
const int64 = z.string().check(z.regex(/^-?\d{1,19}$/));

const keyValue = z.strictObject({
  key: z.string().check(z.minLength(1)),
  value: z.union([z.strictObject({ stringValue: z.string() }), z.strictObject({ intValue: int64 })]),
});

const span = z.strictObject({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: z.optional(hex(16)),
  flags: z.int(),
  name: z.string().check(z.minLength(1)),
  kind: z.union([z.literal(2), z.literal(3)]),
  startTimeUnixNano: int64,
  endTimeUnixNano: int64,
  attributes: z.array(keyValue),
  status: z.strictObject({ code: z.optional(z.literal(2)) }),
});

/** ExportTraceServiceRequest of opentelemetry-proto, as far as an agent may use it: no key is there that it has not. */
const exportRequestSchema = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: z.array(keyValue) }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(span).check(z.minLength(1)),
        }),
      ),
    }),
  ),
});

export interface ReceivedSpan extends Omit<z.infer<typeof span>, 'attributes'> {
  readonly attributes: Record<string, string | number>;
  readonly resource: Record<string, string | number>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

/** A collector that takes OTLP over HTTP and refuses what is no valid request of it. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly mistakes: string[] = [];
  attempts = 0;
  url = '';
  private readonly answer: Answer | undefined;

  private constructor(answer: Answer | undefined) {
    this.answer = answer;
  }

  /** `answer` takes the place of taking spans, until it leaves a response unanswered. */
  static async start(answer?: Answer): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(answer);
    const server = createServer((request, response) => void receiver.receive(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return receiver;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.attempts++;
    this.answer?.(request, response, this.attempts);
    if (response.writableEnded) return;
    const parsed = exportRequestSchema.safeParse(JSON.parse(body));
    const asked = `${request.method} ${request.url} ${request.headers['content-type']}`;
    if (asked !== 'POST /v1/traces application/json') this.mistakes.push(asked);
    if (!parsed.success) this.mistakes.push(parsed.error.message);
    else this.take(parsed.data);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
  }

  private take({ resourceSpans }: z.infer<typeof exportRequestSchema>): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { spans } of scopeSpans) {
        for (const { attributes, ...more } of spans) {
          const own = { attributes: plain(attributes), resource: plain(resource.attributes) };
          this.spans.push({ ...more, ...own });
        }
      }
    }
  }
}

function plain(attributes: z.infer<typeof keyValue>[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'stringValue' in value ? value.stringValue : Number(value.intValue),
    ]),
  );
}
