import { dropTable, FIELD, hopByHop } from '@tulle/wire/http1/known-fields';
import type { ResponseHead } from '@tulle/wire/http1/message-head';

const fromService = dropTable(...hopByHop, FIELD.mesh);
const fromPeerAgent = dropTable(...hopByHop);
const fromServiceNoLength = dropTable(...hopByHop, FIELD.mesh, FIELD.contentLength);
const fromPeerAgentNoLength = dropTable(...hopByHop, FIELD.contentLength);

/** Which fields of an answer stop here. Only an agent's word for the mesh's own fields is passed on. */
export function droppedFrom(head: ResponseHead, fromAgent: boolean): Uint8Array {
  // RFC 9110 section 8.6: these have no length, whatever the service claims.
  const noLength = head.status === 204 || head.status < 200;
  if (fromAgent) return noLength ? fromPeerAgentNoLength : fromPeerAgent;
  return noLength ? fromServiceNoLength : fromService;
}
