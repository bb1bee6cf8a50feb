import { FIELD } from '@tulle/wire/http/known-fields';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import { type DataPathErrorCode, isDataPathErrorCode } from '../errors.ts';

/** Failures of the far agent before a byte of the request reached its service. */
export const neverReached: ReadonlySet<DataPathErrorCode> = new Set([
  'connect_failed',
  'connect_timeout',
  'no_endpoint',
  'overloaded',
]);

/** An agent that answers for the mesh says so; the service behind it cannot, because the agent strips the field. */
export function failureNamedIn(head: ResponseHead): DataPathErrorCode | undefined {
  if (head.known(FIELD.mesh) === undefined) return undefined;
  // What fails as gRPC has status 200.
  if (head.status < 400 && head.known(FIELD.grpcStatus) === undefined) return undefined;
  const code = head.get('x-tulle-error');
  return code !== undefined && isDataPathErrorCode(code) ? code : undefined;
}
