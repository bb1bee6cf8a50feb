import type { Span } from './span.ts';

/** What all spans of this agent have in common. */
export interface SpanResource {
  readonly service: string;
  readonly version: string;
  readonly instance: string;
  readonly agentVersion: string;
}

/** SpanKind and Status.StatusCode of opentelemetry-proto; enumerations are numbers in its JSON. */
const kinds = { server: 2, client: 3 } as const;
const STATUS_ERROR = 2;

/** An ExportTraceServiceRequest in OTLP's JSON: ids in hex, 64-bit numbers as text. */
export function exportRequest(spans: readonly Span[], resource: SpanResource): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: resourceAttributes(resource).map(keyValue) },
        scopeSpans: [
          { scope: { name: 'tulle-agent', version: resource.agentVersion }, spans: spans.map(spanJson) },
        ],
      },
    ],
  });
}

function resourceAttributes({
  service,
  version,
  instance,
}: SpanResource): (readonly [name: string, value: string | number])[] {
  return [
    ['service.name', service],
    ['service.version', version],
    ['service.instance.id', instance],
    ['telemetry.sdk.name', 'tulle'],
    ['telemetry.sdk.language', 'nodejs'],
  ];
}

function spanJson({ attributes, kind, parentSpanId, isError, startedAt, endedAt, ...span }: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(parentSpanId !== '' && { parentSpanId }),
    flags: span.flags,
    name: span.name,
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributes.map(keyValue),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

function keyValue([key, value]: readonly [name: string, value: string | number]): object {
  return { key, value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) } };
}

/** Of whole microseconds: more is not known, and milliseconds since the epoch with more digits are not exact. */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1_000)}000`;
}
