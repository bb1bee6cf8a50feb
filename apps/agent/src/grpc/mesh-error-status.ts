import type { DataPathErrorCode } from '../errors.ts';
import { GRPC_STATUS } from './grpc-status.ts';

/**
 * What callers of gRPC are told for each failure of the mesh's own. UNAVAILABLE is what clients may try again, so it
 * stands for all that says nothing about the call itself; DEADLINE_EXCEEDED for calls whose time is over, wherever it
 * went; the rest follows what clients make of the HTTP status (doc/http-grpc-status-mapping.md of grpc/grpc), but for
 * rate limits, which they should not answer with another try.
 */
export const grpcStatusOfError = {
  bad_request: GRPC_STATUS.INTERNAL,
  unsupported_method: GRPC_STATUS.UNIMPLEMENTED,
  upgrade_unsupported: GRPC_STATUS.UNIMPLEMENTED,
  not_http: GRPC_STATUS.UNIMPLEMENTED,
  unknown_host: GRPC_STATUS.UNIMPLEMENTED,
  misdirected: GRPC_STATUS.UNKNOWN,
  unknown_service: GRPC_STATUS.UNAVAILABLE,
  no_endpoint: GRPC_STATUS.UNAVAILABLE,
  overloaded: GRPC_STATUS.UNAVAILABLE,
  circuit_open: GRPC_STATUS.UNAVAILABLE,
  shed: GRPC_STATUS.UNAVAILABLE,
  rate_limited: GRPC_STATUS.RESOURCE_EXHAUSTED,
  fault_injected: GRPC_STATUS.UNAVAILABLE,
  no_identity: GRPC_STATUS.UNAVAILABLE,
  connect_failed: GRPC_STATUS.UNAVAILABLE,
  connect_timeout: GRPC_STATUS.UNAVAILABLE,
  identity_rejected: GRPC_STATUS.UNAVAILABLE,
  access_denied: GRPC_STATUS.PERMISSION_DENIED,
  request_timeout: GRPC_STATUS.DEADLINE_EXCEEDED,
  try_timeout: GRPC_STATUS.DEADLINE_EXCEEDED,
  idle_timeout: GRPC_STATUS.DEADLINE_EXCEEDED,
  head_timeout: GRPC_STATUS.DEADLINE_EXCEEDED,
  peer_reset: GRPC_STATUS.UNAVAILABLE,
  bad_response: GRPC_STATUS.INTERNAL,
  shutting_down: GRPC_STATUS.UNAVAILABLE,
} as const satisfies Record<DataPathErrorCode, number>;
