import { FIELD_VALUE, HOST, HTAB, SP, TARGET, TOKEN } from '../../http/characters.ts';
import { type FieldId, fieldIdOf } from '../../http/known-fields.ts';

/** RFC 9113 sections 8.3.1 and 8.3.2, RFC 8441 section 4. */
export const PSEUDO = {
  none: 0,
  method: 1,
  path: 2,
  scheme: 3,
  authority: 4,
  status: 5,
  protocol: 6,
  unknown: 7,
} as const;
export type Pseudo = (typeof PSEUDO)[keyof typeof PSEUDO];

const COLON = 0x3a;
const pseudoNames: readonly (readonly [string, Pseudo])[] = [
  [':method', PSEUDO.method],
  [':path', PSEUDO.path],
  [':scheme', PSEUDO.scheme],
  [':authority', PSEUDO.authority],
  [':status', PSEUDO.status],
  [':protocol', PSEUDO.protocol],
];

/** What can be said of a name once and for all. */
export class FieldName {
  readonly text: string;
  readonly id: FieldId;
  readonly pseudo: Pseudo;
  /** RFC 9113 section 8.2.1: a token without upper-case letters; a colon only before a pseudo-field's. */
  readonly valid: boolean;

  /** Of the bytes at `start`..`end`, which are `text`. */
  constructor(text: string, bytes: Uint8Array, start: number, end: number) {
    this.text = text;
    if (bytes[start] === COLON && end > start) {
      this.id = 0;
      this.pseudo = pseudoNames.find(([name]) => name === text)?.[1] ?? PSEUDO.unknown;
      this.valid = this.pseudo !== PSEUDO.unknown;
    } else {
      this.id = fieldIdOf(bytes, start, end);
      this.pseudo = PSEUDO.none;
      this.valid = isLowerToken(bytes, start, end);
    }
  }
}

function isLowerToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (TOKEN[byte] !== 1 || (byte >= 0x41 && byte <= 0x5a)) return false;
  }
  return true;
}

/** RFC 7541 section 4.1. */
export const ENTRY_OVERHEAD = 32;

/** A field as it stands in a table: read and judged once, used as often as it is referred to. */
export class Field {
  readonly name: FieldName;
  /** Of a pseudo-field its value alone, else `name: value\r\n`. */
  readonly line: string;
  /** RFC 7541 section 4.1, which is also how a list of fields is measured (RFC 9113 section 6.5.2). */
  readonly size: number;
  readonly valid: boolean;

  constructor(name: FieldName, line: string, valueLength: number, valid: boolean) {
    this.name = name;
    this.line = line;
    this.size = name.text.length + valueLength + ENTRY_OVERHEAD;
    this.valid = valid;
  }

  get value(): string {
    const { line, name } = this;
    return name.pseudo === PSEUDO.none ? line.substring(name.text.length + 2, line.length - 2) : line;
  }
}

const SCHEME = new Uint8Array(256);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789+-.') SCHEME[character.charCodeAt(0)] = 1;
const DIGIT = new Uint8Array(256).fill(1, 0x30, 0x3a);

/** By number of the pseudo-field: the bytes its value may have. A regular field stands at 0. */
const valueBytes: readonly Uint8Array[] = [
  FIELD_VALUE,
  TOKEN,
  TARGET,
  SCHEME,
  HOST,
  DIGIT,
  TOKEN,
  FIELD_VALUE,
];

/** RFC 9113 section 8.2.1: no CR, LF, NUL or other control, and no white space around the value. */
export function isValidValue(pseudo: Pseudo, bytes: Uint8Array, start: number, end: number): boolean {
  const table = valueBytes[pseudo] as Uint8Array;
  for (let at = start; at < end; at++) if (table[bytes[at] as number] !== 1) return false;
  if (start === end) return pseudo === PSEUDO.none;
  if (pseudo !== PSEUDO.none) return pseudo !== PSEUDO.status || end - start === 3;
  return !isBlank(bytes[start]) && !isBlank(bytes[end - 1]);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB;
}
