import { outcomeOfGrpc } from '../grpc/outcome.ts';
import type { RetryPolicy } from '../retry/retry-policy.ts';

/** How a backend did at one try. `open`: a call of gRPC tells its status at its end. */
export type Verdict = 'well' | 'failed' | 'open';

/** By the head of its answer; `grpcStatus` is undefined when that has none. */
export function verdictOfHead(status: number, isGrpc: boolean, grpcStatus: number | undefined): Verdict {
  if (grpcStatus !== undefined) return outcomeOfGrpc(grpcStatus) === 'serverError' ? 'failed' : 'well';
  if (isGrpc && status === 200) return 'open';
  return status >= 500 ? 'failed' : 'well';
}

/** Whether the policy would rather have another answer. */
export function asksForAnother(retry: RetryPolicy, status: number, grpcStatus: number | undefined): boolean {
  return grpcStatus === undefined ? retry.onStatus(status) : retry.onGrpcStatus(grpcStatus);
}
