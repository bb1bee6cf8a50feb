import type { Bytes } from '../http/bytes.ts';
import { COLON, CR, FIELD_VALUE, HTAB, LF, SP, TOKEN } from '../http/characters.ts';
import type { FieldSection } from '../http/field-section.ts';
import { type FieldId, fieldIdOf } from '../http/known-fields.ts';
import { WireError } from './errors.ts';

/** The bytes end before the line does. */
export const INCOMPLETE = -1;

/** Refuses what stands where a line should have gone on or ended with CRLF. */
function refuseAt(bytes: Bytes, at: number, otherwise: 'invalid-field-value' | 'invalid-field-name'): never {
  const byte = bytes[at];
  if (byte === LF) throw new WireError('bare-lf');
  if (byte === CR && bytes[at + 1] !== LF) throw new WireError('bare-cr');
  throw new WireError(otherwise);
}

/** Position after the CRLF at `at`, or INCOMPLETE. The byte at `at` is known to be a CR. */
export function afterLineEnd(bytes: Bytes, at: number): number {
  if (at + 1 >= bytes.length) return INCOMPLETE;
  if (bytes[at + 1] !== LF) throw new WireError('bare-cr');
  return at + 2;
}

/** What {@link readFieldLine} found, besides the position it returns; one per reader, reused. */
export class FieldLine {
  id: FieldId = 0;
  valueStart = 0;
  valueEnd = 0;
}

/**
 * Reads one field line starting at `line` (RFC 9112 section 5) into `section`, whose first byte is at
 * `base`. Returns the position after its CRLF or INCOMPLETE; then nothing was added.
 */
export function readFieldLine(
  bytes: Bytes,
  line: number,
  base: number,
  section: FieldSection,
  found: FieldLine,
): number {
  const length = bytes.length;
  let at = line;
  // RFC 9112 section 5.2: obs-fold outside of message/http is refused.
  if (bytes[at] === SP || bytes[at] === HTAB) throw new WireError('obsolete-fold');
  while (at < length && TOKEN[bytes[at] as number] === 1) at++;
  if (at === length) return INCOMPLETE;
  const nameEnd = at;
  if (bytes[at] !== COLON) {
    // RFC 9112 section 5.1: white space here has been read in different ways, so it is never accepted.
    if (nameEnd > line && (bytes[at] === SP || bytes[at] === HTAB))
      throw new WireError('whitespace-before-colon');
    if (bytes[at] === CR && at + 1 === length) return INCOMPLETE;
    refuseAt(bytes, at, 'invalid-field-name');
  }
  if (nameEnd === line) throw new WireError('invalid-field-name');
  at++;
  while (at < length && (bytes[at] === SP || bytes[at] === HTAB)) at++;
  const valueStart = at;
  while (at < length && FIELD_VALUE[bytes[at] as number] === 1) at++;
  if (at === length) return INCOMPLETE;
  if (bytes[at] !== CR) refuseAt(bytes, at, 'invalid-field-value');
  const next = afterLineEnd(bytes, at);
  if (next === INCOMPLETE) return INCOMPLETE;
  let valueEnd = at;
  while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--;
  const id = fieldIdOf(bytes, line, nameEnd);
  if (!section.add(id, line - base, nameEnd - base, valueStart - base, valueEnd - base)) {
    throw new WireError('too-many-fields');
  }
  section.end = next - base;
  found.id = id;
  found.valueStart = valueStart;
  found.valueEnd = valueEnd;
  return next;
}
