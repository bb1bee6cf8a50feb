import { type Outcome, outcomeOfHttp } from '../record/outcome.ts';
import { GRPC_STATUS } from './grpc-status.ts';

/**
 * Statuses that count against the service, as in OpenTelemetry's conventions for gRPC server spans:
 * - UNKNOWN: what an exception in a handler becomes.
 * - DEADLINE_EXCEEDED: the service was too slow, as 504 would say.
 * - UNIMPLEMENTED: 501; a version that lacks a method callers rely on.
 * - INTERNAL, UNAVAILABLE, DATA_LOSS: said by the service of itself.
 *
 * All others say something of the call: CANCELLED that the caller gave up (499), INVALID_ARGUMENT, NOT_FOUND,
 * ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED and OUT_OF_RANGE what it asked for, PERMISSION_DENIED and
 * UNAUTHENTICATED who it is, RESOURCE_EXHAUSTED that it asks too much (429).
 */
const serverErrors: ReadonlySet<number> = new Set([
  GRPC_STATUS.UNKNOWN,
  GRPC_STATUS.DEADLINE_EXCEEDED,
  GRPC_STATUS.UNIMPLEMENTED,
  GRPC_STATUS.INTERNAL,
  GRPC_STATUS.UNAVAILABLE,
  GRPC_STATUS.DATA_LOSS,
]);

/** What a call that ended with `grpcStatus` counts as; statuses that are not defined are UNKNOWN. */
export function outcomeOfGrpc(grpcStatus: number): Outcome {
  if (grpcStatus === GRPC_STATUS.OK) return 'ok';
  return serverErrors.has(grpcStatus) || grpcStatus > GRPC_STATUS.UNAUTHENTICATED
    ? 'serverError'
    : 'clientError';
}

/** What an answer counts as; `grpcStatus` is -1 of what is no call of gRPC, or got no status of its own. */
export function outcomeOfAnswer({ status, grpcStatus }: { status: number; grpcStatus: number }): Outcome {
  return grpcStatus >= 0 ? outcomeOfGrpc(grpcStatus) : outcomeOfHttp(status);
}
