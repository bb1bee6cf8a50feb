import { GRPC_STATUS } from '../grpc/grpc-status.ts';
import { outcomeOfGrpc } from '../grpc/outcome.ts';
import type { ObservedExchange } from '../record/observed-exchange.ts';
import { type RequestTrace, spanIdOf, traceIdOf } from '../trace/trace-context.ts';
import type { Span } from './span.ts';

type Attributes = [name: string, value: string | number][];

/** RFC 9110 and PATCH: methods of any other name would fill the names of spans. */
const knownMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
]);

/**
 * The client span of a request on its way out, or the server span of one that comes in, by OpenTelemetry's semantic
 * conventions for HTTP (1.23 and later) and gRPC. `now` in milliseconds since the epoch.
 */
export function spanOfExchange(
  exchange: ObservedExchange,
  trace: RequestTrace & { readonly parentSpan: string },
  durationMs: number,
  now: number,
): Span {
  const { decision, isGrpc } = exchange;
  const isServer = decision === undefined ? exchange.tally.edge.side === 'inbound' : decision.isLocal;
  const kind = isServer ? 'server' : 'client';
  const failure = isGrpc ? grpcFailure(exchange, kind) : httpFailure(exchange, kind);
  const attributes: Attributes = [...(isGrpc ? grpcAttributes(exchange) : []), ...httpAttributes(exchange)];
  if (failure !== undefined) attributes.push(['error.type', failure]);
  attributes.push(...meshAttributes(exchange));
  return {
    traceId: traceIdOf(trace.traceparent),
    spanId: spanIdOf(trace.traceparent),
    parentSpanId: trace.parentSpan,
    flags: Number.parseInt(trace.traceparent.slice(-2), 16),
    name: nameOf(exchange),
    kind,
    startedAt: now - durationMs,
    endedAt: now,
    isError: failure !== undefined,
    attributes,
  };
}

function nameOf({ head, isGrpc }: ObservedExchange): string {
  if (isGrpc) return head.path.slice(1).split('?', 1)[0] as string;
  return knownMethods.has(head.method) ? head.method : 'HTTP';
}

function httpAttributes({ head, status, decision, tally }: ObservedExchange): Attributes {
  const known = knownMethods.has(head.method);
  const attributes: Attributes = [['http.request.method', known ? head.method : '_OTHER']];
  if (!known && head.method !== '') attributes.push(['http.request.method_original', head.method]);
  attributes.push(
    ['url.path', head.path.split('?', 1)[0] as string],
    ['url.scheme', head.scheme === '' ? 'http' : head.scheme],
    ['server.address', decision?.service ?? head.authority],
    ['network.protocol.version', head.major === 2 ? '2' : `1.${head.minor}`],
  );
  if (status !== 0) attributes.push(['http.response.status_code', status]);
  if (tally.tries > 1) attributes.push(['http.request.resend_count', tally.tries - 1]);
  return attributes;
}

function grpcAttributes({ head, grpcStatus }: ObservedExchange): Attributes {
  const [, service = '', method = ''] = head.path.split('/', 3);
  const attributes: Attributes = [
    ['rpc.system', 'grpc'],
    ['rpc.service', service],
    ['rpc.method', method],
  ];
  if (grpcStatus >= 0) attributes.push(['rpc.grpc.status_code', grpcStatus]);
  return attributes;
}

function meshAttributes({ decision, tally, source }: ObservedExchange): Attributes {
  const attributes: Attributes = [['tulle.tries', tally.tries]];
  if (decision !== undefined && decision.rule !== '') attributes.push(['tulle.rule', decision.rule]);
  if (source !== '') attributes.push(['tulle.source', source]);
  const { backend } = tally;
  if (backend === undefined) return attributes;
  attributes.push(['tulle.version', backend.endpoint.version]);
  attributes.push(
    ['network.peer.address', backend.endpoint.host],
    ['network.peer.port', backend.endpoint.port],
  );
  return attributes;
}

/** A caller takes 4xx for a failure, the service that gave it does not. */
function httpFailure({ failure, status }: ObservedExchange, kind: Span['kind']): string | undefined {
  if (failure !== undefined) return failure;
  return status >= (kind === 'client' ? 400 : 500) ? String(status) : undefined;
}

function grpcFailure({ failure, grpcStatus }: ObservedExchange, kind: Span['kind']): string | undefined {
  if (failure !== undefined) return failure;
  if (grpcStatus <= GRPC_STATUS.OK) return undefined;
  return kind === 'client' || outcomeOfGrpc(grpcStatus) === 'serverError' ? String(grpcStatus) : undefined;
}
