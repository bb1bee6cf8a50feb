import type { HealthCheck } from '@tulle/mesh/health-check';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { healthCheckPath } from './grpc-health.ts';

/** Says to an agent that a request is its caller's own check. Fields of the mesh are taken from whoever is no agent. */
export const checkMark = 'x-tulle-health-check';

/** What a check asks for; undefined where it is no request. */
export function checkedPath(check: HealthCheck | undefined): string | undefined {
  if (check === undefined || check.type === 'tcp') return undefined;
  return check.type === 'grpc' ? healthCheckPath : check.path;
}

/**
 * To be believed only of a caller who has proved to be of the mesh, and only of what the service wants to be asked: what
 * is let through beyond all limits must be nothing else.
 */
export function isMarkedCheck(head: RequestHead, path: string | undefined): boolean {
  return head.path === path && head.known(FIELD.mesh) !== undefined && head.get(checkMark) !== undefined;
}
