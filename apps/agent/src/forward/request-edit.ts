import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { timeoutLines } from '../deadline/deadline-fields.ts';
import type { Target } from '../router/route-decision.ts';

const host = dropTable(FIELD.host);
const grpcTimeout = dropTable(FIELD.grpcTimeout);

/** Nothing is changed on the way. */
export const unedited: RequestEdit = {
  dropped: dropTable(),
  removed: undefined,
  added: '',
  path: '',
  authority: '',
};

/** What a passage changes about every request, and a rule or a backend about those it sends to one target. */
export function editFor(edit: RequestEdit, { request, backend }: Target, head: RequestHead): RequestEdit {
  const authority = request?.authority || backend.authority;
  if (request === undefined && authority === '') return edit;
  return {
    dropped: authority === '' ? edit.dropped : mergeDropped(edit.dropped, host),
    removed: request?.removed,
    added: (request?.added ?? '') + edit.added,
    path: request?.path === undefined ? edit.path : request.path(head),
    authority: authority === '' ? edit.authority : authority,
  };
}

/**
 * Adds the time that is left at `now` until `deadline`, both in milliseconds of `performance.now()`; for gRPC it takes the
 * place of the field that came.
 */
export function withTimeout(edit: RequestEdit, deadline: number, now: number, isGrpc: boolean): RequestEdit {
  const lines = timeoutLines(deadline, now, isGrpc);
  if (lines === '') return edit;
  const { dropped, removed, added, path, authority } = edit;
  return {
    dropped: isGrpc ? mergeDropped(dropped, grpcTimeout) : dropped,
    removed,
    added: added + lines,
    path,
    authority,
  };
}

/** Drops what either does. */
export function mergeDropped(table: Uint8Array, other: Uint8Array): Uint8Array {
  return table.map((drop, id) => drop | (other[id] as number));
}
