import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { RequestChange } from '../router/route-decision.ts';

const host = dropTable(FIELD.host);
const grpcTimeout = dropTable(FIELD.grpcTimeout);

/** What a passage changes about every request, and a rule about those it sends to one target. */
export function editFor(
  edit: RequestEdit,
  change: RequestChange | undefined,
  head: RequestHead,
): RequestEdit {
  if (change === undefined) return edit;
  const { removed, added, path, authority } = change;
  return {
    dropped: authority === '' ? edit.dropped : merge(edit.dropped, host),
    removed,
    added: added + edit.added,
    path: path === undefined ? edit.path : path(head),
    authority: authority === '' ? edit.authority : authority,
  };
}

/** Adds the time that is left; for gRPC it takes the place of the field that came. */
export function withLines(edit: RequestEdit, lines: string, grpc: boolean): RequestEdit {
  const { dropped, removed, added, path, authority } = edit;
  return {
    dropped: grpc ? merge(dropped, grpcTimeout) : dropped,
    removed,
    added: added + lines,
    path,
    authority,
  };
}

function merge(table: Uint8Array, other: Uint8Array): Uint8Array {
  return table.map((drop, id) => drop | (other[id] as number));
}
