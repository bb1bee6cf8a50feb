import { FIELD_VALUE, TOKEN } from '../http/characters.ts';
import type { FieldSection } from '../http/field-section.ts';
import type { HeadEdit, RequestEdit } from '../http/head-edit.ts';
import { dropTable, hopByHop } from '../http/known-fields.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import { reasonPhrases } from './reason-phrases.ts';

/** Written by every sender for its own hop, after the other side's were left out. */
export const chunkedField = 'transfer-encoding: chunked\r\n';
export const closeField = 'connection: close\r\n';

export const chunkEnd = '\r\n';
export const lastChunk = '0\r\n\r\n';

/** What stands before the bytes of a chunk; {@link chunkEnd} stands behind them. */
export function chunkStart(size: number): string {
  return `${size.toString(16)}\r\n`;
}

const trailerDrop = dropTable(...hopByHop);

/** The last chunk with the trailer section of the message that is passed on. */
export function lastChunkWith(trailers: FieldSection | undefined): string {
  return trailers === undefined ? lastChunk : `0\r\n${trailers.kept(trailerDrop)}\r\n`;
}

/** RFC 9110 section 7.8: both fields or none. */
export function upgradeFields(protocol: string): string {
  return `connection: upgrade\r\nupgrade: ${protocol}\r\n`;
}

/** A field line of ours. Throws a RangeError for anything that could end the line or the head early. */
export function fieldLine(name: string, value: string): string {
  const goodName = name.length > 0 && everyByte(name, TOKEN);
  if (!goodName || !everyByte(value, FIELD_VALUE))
    throw new RangeError(`not a header field: ${JSON.stringify(name)}`);
  return `${name}: ${value}\r\n`;
}

function everyByte(text: string, table: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 255 || table[code] !== 1) return false;
  }
  return true;
}

/**
 * The head of a request as passed on to the next server: origin form, the fields that `edit` leaves and adds, then
 * `framing` (whole lines with CRLF). Host stands first (RFC 9110 section 7.2) when the edit, or HTTP/2, set it.
 */
export function serialiseRequestHead(head: RequestHead, edit: RequestEdit, framing: string): string {
  const path = edit.path === '' ? head.path : edit.path;
  const authority = edit.authority === '' && head.major === 2 ? head.authority : edit.authority;
  const host = authority === '' ? '' : `host: ${authority}\r\n`;
  const kept = head.kept(edit.dropped, edit.removed);
  return `${head.method} ${path} HTTP/1.1\r\n${host}${kept}${edit.added}${framing}\r\n`;
}

/** The head of a response as passed on; the version is this sender's own (RFC 9110 section 6.2). */
export function serialiseResponseHead(head: ResponseHead, edit: HeadEdit, framing: string): string {
  // HTTP/2 has no reasons; some readers of HTTP/1.1 look at them all the same.
  const reason = head.major === 2 ? (reasonPhrases[head.status] ?? '') : head.reason;
  return `HTTP/1.1 ${head.status} ${reason}\r\n${head.kept(edit.dropped, edit.removed)}${edit.added}${framing}\r\n`;
}
