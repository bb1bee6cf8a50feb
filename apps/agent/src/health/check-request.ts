import type { HealthCheck } from '@tulle/mesh/health-check';
import { FIELD, type FieldId } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import { checkMark } from './check-mark.ts';
import { encodeHealthRequest, healthCheckPath } from './grpc-health.ts';

/** What is asked of an endpoint. */
export interface CheckRequest {
  readonly head: RequestHead;
  readonly body: Buffer | undefined;
}

export function checkRequestOf(backend: Backend, check: HealthCheck): CheckRequest {
  const head = new RequestHead(8);
  // A head of our own belongs to no version; this one says its authority to senders of both.
  head.major = 2;
  head.authority = authorityOf(backend);
  add(head, FIELD.other, 'user-agent', 'tulle-health-check');
  if (backend.endpoint.tls) add(head, FIELD.mesh, checkMark, '1');
  if (check.type !== 'grpc') {
    head.method = 'GET';
    head.path = check.path;
    return { head, body: undefined };
  }
  const body = encodeHealthRequest(check.grpcService);
  head.method = 'POST';
  head.path = healthCheckPath;
  head.hasBody = true;
  head.contentLength = body.length;
  head.acceptsTrailers = true;
  add(head, FIELD.contentType, 'content-type', 'application/grpc');
  add(head, FIELD.contentLength, 'content-length', String(body.length));
  return { head, body };
}

/** As callers name it: by its service in the mesh, by its address outside. */
function authorityOf({ endpoint, series, authority }: Backend): string {
  const { host, port, tls } = endpoint;
  if (authority !== '') return authority;
  if (tls) return `${series.key.destination}.mesh`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function add(head: RequestHead, id: FieldId, name: string, value: string): void {
  head.addLine(id, `${name}: ${value}\r\n`, name.length);
}
