import type { HeadEdit } from '@tulle/wire/http/head-edit';
import { dropTable, FIELD, type FieldId, hopByHop } from '@tulle/wire/http/known-fields';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { HeadChange } from '../router/route-decision.ts';

function without(...fields: FieldId[]): HeadEdit {
  return { dropped: dropTable(...hopByHop, ...fields), removed: undefined, added: '' };
}

const fromService = without(FIELD.mesh);
const fromPeerAgent = without();
const fromServiceNoLength = without(FIELD.mesh, FIELD.contentLength);
const fromPeerAgentNoLength = without(FIELD.contentLength);

/**
 * What becomes of the fields of an answer; `change` is what a rule asks for. Only an agent's word for the mesh's own
 * fields is passed on.
 */
export function responseEdit(
  head: ResponseHead,
  fromAgent: boolean,
  change: HeadChange | undefined,
): HeadEdit {
  // RFC 9110 section 8.6: these have no length, whatever the service claims.
  const noLength = head.status === 204 || head.status < 200;
  const edit = fromAgent
    ? noLength
      ? fromPeerAgentNoLength
      : fromPeerAgent
    : noLength
      ? fromServiceNoLength
      : fromService;
  return change === undefined
    ? edit
    : { dropped: edit.dropped, removed: change.removed, added: change.added };
}

/** Server-sent events go on for as long as somebody listens. */
export function isEventStream(head: ResponseHead): boolean {
  return head.known(FIELD.contentType)?.startsWith('text/event-stream') === true;
}
