import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { RequestChange } from '../router/route-decision.ts';

const host = dropTable(FIELD.host);

/** What a passage changes about every request, and a rule about those it sends to one target. */
export function editFor(
  edit: RequestEdit,
  change: RequestChange | undefined,
  head: RequestHead,
): RequestEdit {
  if (change === undefined) return edit;
  const { removed, added, path, authority } = change;
  return {
    dropped: authority === '' ? edit.dropped : edit.dropped.map((drop, id) => drop | (host[id] as number)),
    removed,
    added: added + edit.added,
    path: path === undefined ? edit.path : path(head),
    authority: authority === '' ? edit.authority : authority,
  };
}
