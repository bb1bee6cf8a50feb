import { type Bytes, noBytes } from '../../http/bytes.ts';
import { COLON, HTAB, SP } from '../../http/characters.ts';
import { dropTable, FIELD, FIELD_ID_COUNT, type FieldId } from '../../http/known-fields.ts';
import { ENTRY_OVERHEAD } from './field.ts';
import { POLICY, SentName } from './field-policy.ts';
import { type SentEntry, SentTable } from './sent-table.ts';

/** How a literal begins, and how many values its first byte has room for (RFC 7541 section 6.2). */
const INDEXED = 0x40;
const NOT_INDEXED = 0x00;
const NEVER_INDEXED = 0x10;

/** What every decoder begins with (RFC 9113 section 6.5.2). */
const INITIAL_TABLE_BYTES = 4096;
/** Up to here a loop is faster than a call into native code. */
const LOOP_CHARACTERS = 24;
/** Callers may make up names; what is known of them is forgotten when there are too many. */
const MAX_NAMES = 256;

/** Known fields that are not looked for in the table, as they are never put there. */
const unlisted = dropTable(
  FIELD.contentLength,
  FIELD.traceparent,
  FIELD.grpcTimeout,
  FIELD.cookie,
  FIELD.webSocketKey,
  FIELD.webSocketAccept,
);
/** Known fields whose number stands for more than one name. */
const ambiguous = dropTable(FIELD.other, FIELD.mesh, FIELD.forwardedAlike);

/**
 * Encodes header blocks (RFC 7541). A field line that was sent before is found by its very text and costs one look-up
 * and one byte. Strings are never Huffman-coded: that costs more than the bytes it saves inside a mesh.
 */
export class Encoder {
  /** Where the next byte goes; the caller sees to it that there is room. */
  at = 0;
  private out: Bytes = noBytes;
  private readonly limitBytes: number;
  private readonly table: SentTable;
  private readonly lines = new Map<string, SentEntry>();
  private readonly names = new Map<string, SentName>();
  private readonly namesById = new Array<SentName | undefined>(FIELD_ID_COUNT).fill(undefined);
  private readonly changing = [this.nameOf('traceparent:', 11, FIELD.traceparent)];
  /** The smallest table since the last block, when it changed (RFC 7541 section 4.2); -1 when it did not. */
  private smallest = -1;

  constructor(limitBytes: number) {
    this.limitBytes = Math.max(limitBytes, INITIAL_TABLE_BYTES);
    this.table = new SentTable(this.limitBytes);
    this.table.resize(INITIAL_TABLE_BYTES);
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  setTableSize(bytes: number): void {
    const size = Math.min(bytes, this.limitBytes);
    if (size === this.table.maxBytes && this.smallest === -1) return;
    this.smallest = this.smallest === -1 ? size : Math.min(this.smallest, size);
    this.table.resize(size);
  }

  begin(out: Bytes, at: number): void {
    this.out = out;
    this.at = at;
    if (this.smallest === -1) return;
    if (this.smallest < this.table.maxBytes) this.writeInteger(0x20, 0x1f, this.smallest);
    this.writeInteger(0x20, 0x1f, this.table.maxBytes);
    this.smallest = -1;
  }

  /** An entry of the static table. */
  indexed(index: number): void {
    this.out[this.at++] = 0x80 | index;
  }

  /** A pseudo-field; `home` keeps its values apart from field lines. */
  pseudo(name: SentName, home: Map<string, SentEntry>, value: string): void {
    const entry = home.get(value);
    if (entry !== undefined) {
      this.writeInteger(0x80, 0x7f, this.table.indexOf(entry.number));
      name.reward();
      return;
    }
    const size = name.text.length + value.length + ENTRY_OVERHEAD;
    const enters = this.table.takes(size) && name.spend();
    this.writeName(name, enters ? INDEXED : NOT_INDEXED);
    this.writeString(value, 0, value.length);
    if (enters) this.table.add(name, home, value, size);
  }

  /** A line as it came, `name:value\r\n` in any case and with any white space around the value. */
  line(line: string, id: FieldId, sensitive: boolean): void {
    if (!sensitive && unlisted[id] !== 1) {
      const entry = this.lines.get(line);
      if (entry !== undefined) {
        const index = this.table.indexOf(entry.number);
        if (index < 0x7f) this.out[this.at++] = 0x80 | index;
        else this.writeInteger(0x80, 0x7f, index);
        entry.name.reward();
        return;
      }
    }
    this.literalOf(line, id, sensitive);
  }

  /** Whole lines of our own. Throws a RangeError where a line end is missing. */
  plainLines(lines: string): void {
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf('\r\n', start) + 2;
      if (end < 2) throw new RangeError(`not a field line: ${JSON.stringify(lines.substring(start))}`);
      this.plainLine(lines.substring(start, end));
      start = end;
    }
  }

  /** Of a line that changes each time the name is known by a look, which costs less than to hash all of it. */
  private plainLine(line: string): void {
    for (const name of this.changing) {
      const { text } = name;
      if (line.charCodeAt(text.length) !== COLON || !line.startsWith(text)) continue;
      this.literal(line, text.length, name, false);
      return;
    }
    this.line(line, FIELD.other, false);
  }

  private literalOf(line: string, id: FieldId, sensitive: boolean): void {
    const nameEnd = line.indexOf(':');
    const name = this.nameOf(line, nameEnd, id);
    if (name.policy !== POLICY.forbidden) this.literal(line, nameEnd, name, sensitive);
  }

  private literal(line: string, nameEnd: number, name: SentName, sensitive: boolean): void {
    let start = nameEnd + 1;
    let end = line.length - 2;
    while (start < end && isBlank(line.charCodeAt(start))) start++;
    while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
    if (sensitive || name.policy === POLICY.sensitive) {
      this.writeName(name, NEVER_INDEXED);
      this.writeString(line, start, end);
      return;
    }
    const size = name.text.length + (end - start) + ENTRY_OVERHEAD;
    const enters = this.mayEnter(name, size);
    this.writeName(name, enters ? INDEXED : NOT_INDEXED);
    this.writeString(line, start, end);
    if (enters) this.table.add(name, this.lines, line, size);
  }

  /** What changes each time enters once, for its name: without it that is read and judged anew with each value. */
  private mayEnter(name: SentName, size: number): boolean {
    if (!this.table.takes(size)) return false;
    return name.policy === POLICY.index ? name.spend() : this.table.indexOfName(name) === 0;
  }

  private nameOf(line: string, nameEnd: number, id: FieldId): SentName {
    const byId = this.namesById[id];
    if (byId !== undefined) return byId;
    const text = line.substring(0, nameEnd).toLowerCase();
    let name = this.names.get(text);
    if (name === undefined) {
      name = new SentName(text);
      if (this.names.size === MAX_NAMES) this.names.clear();
      this.names.set(text, name);
    }
    if (ambiguous[id] !== 1) this.namesById[id] = name;
    return name;
  }

  private writeName(name: SentName, kind: number): void {
    const index = this.table.indexOfName(name);
    this.writeInteger(kind, kind === INDEXED ? 0x3f : 0x0f, index);
    if (index === 0) this.writeString(name.text, 0, name.text.length);
  }

  /** RFC 7541 section 5.2, without Huffman code. */
  private writeString(text: string, start: number, end: number): void {
    const length = end - start;
    this.writeInteger(0, 0x7f, length);
    const { out, at } = this;
    if (length <= LOOP_CHARACTERS) {
      for (let from = start, to = at; from < end; from++, to++) out[to] = text.charCodeAt(from);
    } else {
      out.write(length === text.length ? text : text.substring(start, end), at, length, 'latin1');
    }
    this.at = at + length;
  }

  /** RFC 7541 section 5.1. */
  private writeInteger(pattern: number, prefix: number, value: number): void {
    const { out } = this;
    if (value < prefix) {
      out[this.at++] = pattern | value;
      return;
    }
    out[this.at++] = pattern | prefix;
    let rest = value - prefix;
    while (rest >= 0x80) {
      out[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    out[this.at++] = rest;
  }
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}
