import type { HealthCheck } from '@tulle/mesh/health-check';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { isGrpcCall } from '../grpc/is-grpc.ts';
import type { BucketSize } from '../rate-limit/token-bucket.ts';
import { healthCheckPath } from './grpc-health.ts';

/** Says to an agent that a request is its caller's own check. Fields of the mesh are taken from whoever is no agent. */
export const checkMark = 'x-tulle-health-check';

/** Longer than any question by grpc.health.v1. */
const MAX_QUESTION_BYTES = 1_024;
/** Checks an interval on one connection, and how many of them at once: agents begin anew with each configuration. */
const CHECKS_PER_INTERVAL = 4;
const CHECKS_AT_ONCE = 16;

/** What checks of a service ask for. */
export interface ExpectedCheck {
  readonly isGrpc: boolean;
  readonly path: string;
  /** How many of them a connection may bring. */
  readonly pace: BucketSize;
}

/** Undefined where a check is no request. */
export function expectedCheck(check: HealthCheck | undefined): ExpectedCheck | undefined {
  if (check === undefined || check.type === 'tcp') return undefined;
  const isGrpc = check.type === 'grpc';
  const pace = { perMs: CHECKS_PER_INTERVAL / check.intervalMs, burst: CHECKS_AT_ONCE };
  return { isGrpc, path: isGrpc ? healthCheckPath : check.path, pace };
}

/**
 * To be believed only of a caller who has proved to be of the mesh, and only of what the service wants to be asked, as
 * often as it does: what is let through beyond all limits, and counted nowhere, must be nothing else.
 */
export function isMarkedCheck(head: RequestHead, expected: ExpectedCheck): boolean {
  if (head.known(FIELD.mesh) === undefined || head.path !== expected.path) return false;
  if (head.get(checkMark) === undefined || head.upgrade !== '') return false;
  if (!expected.isGrpc) return head.method === 'GET' && !head.hasBody;
  return isGrpcCall(head) && head.contentLength >= 0 && head.contentLength <= MAX_QUESTION_BYTES;
}
