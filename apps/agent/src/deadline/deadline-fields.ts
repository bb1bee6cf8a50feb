import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { formatGrpcTimeout, parseGrpcTimeout } from '../grpc/grpc-timeout.ts';

/** Milliseconds the request still has, between agents and to services; of the mesh's own fields the one services may send. */
export const timeoutField = 'x-tulle-timeout-ms';

/** About 32 years; more digits are no time anyone means. */
const wholeMs = /^[0-9]{1,12}$/;

/** Sums of times are not exact: this much more than a whole millisecond is none. */
const ROUNDING_MS = 1e-3;

/**
 * Milliseconds that a request may take by its own fields: the shorter of `x-tulle-timeout-ms` and `grpc-timeout`,
 * Infinity when it has neither. A field that cannot be read, or is there twice, is ignored: the policy's limit holds
 * then, which is never longer than what an agent allows anyway.
 */
export function timeoutOfHead(head: RequestHead): number {
  const own = head.known(FIELD.mesh) === undefined ? undefined : head.get(timeoutField);
  const grpc = head.known(FIELD.grpcTimeout);
  const ownMs = own !== undefined && wholeMs.test(own) ? Number(own) : Number.POSITIVE_INFINITY;
  const grpcMs = (grpc === undefined ? undefined : parseGrpcTimeout(grpc)) ?? Number.POSITIVE_INFINITY;
  return Math.min(ownMs, grpcMs);
}

/**
 * Field lines that tell the next hop what is left at `now`; '' without a deadline. For gRPC in its own field too.
 * Milliseconds are rounded up to whole ones, so that the fresh limit of a policy stays the same text; what came in
 * whole milliseconds is never exceeded.
 */
export function timeoutLines(deadline: number, now: number, grpc: boolean): string {
  if (deadline === Number.POSITIVE_INFINITY) return '';
  const leftMs = Math.max(0, deadline - now);
  const line = `${timeoutField}: ${Math.ceil(Math.max(0, leftMs - ROUNDING_MS))}\r\n`;
  return grpc ? `${line}grpc-timeout: ${formatGrpcTimeout(leftMs)}\r\n` : line;
}
