import { type Bytes, newBytes } from '../../http/bytes.ts';
import { Http2Error } from '../errors.ts';
import { DynamicTable } from './dynamic-table.ts';
import { Field, FieldName, isValidValue, PSEUDO } from './field.ts';
import { decodeHuffman, maxHuffmanOutput } from './huffman.ts';
import { STATIC_COUNT, staticFields } from './static-table.ts';

export interface FieldSink {
  /** `sensitive`: whoever passes the field on must not put it into a table either (RFC 7541 section 6.2.3). */
  onField(field: Field, sensitive: boolean): void;
}

/** What every decoder begins with (RFC 9113 section 6.5.2). */
const INITIAL_TABLE_BYTES = 4096;

/** Continuation bytes of an integer: 2^28 is more than any index, size or length here. */
const MAX_INTEGER_SHIFT = 21;

/** Where a field line is put together; one for all, as decoding never stops halfway. */
let scratch = newBytes(8 * 1024);

function growScratch(size: number): void {
  const grown = newBytes(size * 2);
  scratch.copy(grown, 0, 0, scratch.length);
  scratch = grown;
}

/**
 * Decodes header blocks (RFC 7541). A malformed field is passed on marked as such, because the tables of both ends must
 * stay the same; a malformed block is an {@link Http2Error} of the connection. The caller bounds the size of a block.
 */
export class Decoder {
  private readonly table: DynamicTable;
  private limitBytes: number;
  /** The peer must say that it took a smaller table (RFC 7541 section 4.2). */
  private resizeDue = false;
  private bytes: Bytes = scratch;
  private at = 0;
  private end = 0;

  constructor(tableBytes: number) {
    this.limitBytes = Math.max(tableBytes, INITIAL_TABLE_BYTES);
    this.table = new DynamicTable(this.limitBytes);
    this.table.resize(INITIAL_TABLE_BYTES);
  }

  /** The peer acknowledged SETTINGS_HEADER_TABLE_SIZE. */
  setLimit(tableBytes: number): void {
    this.limitBytes = tableBytes;
    this.resizeDue = this.table.maxBytes > tableBytes;
  }

  decode(bytes: Bytes, start: number, end: number, sink: FieldSink): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.readResizes();
    while (this.at < this.end) {
      const first = bytes[this.at] as number;
      if ((first & 0x80) !== 0) {
        sink.onField(this.fieldAt(this.readInteger(0x7f)), false);
      } else if ((first & 0x40) !== 0) {
        const field = this.readLiteral(0x3f);
        this.table.add(field);
        sink.onField(field, false);
      } else if ((first & 0x20) !== 0) {
        // RFC 7541 section 4.2: a change of size stands at the beginning of a block.
        throw new Http2Error('invalid-hpack');
      } else {
        sink.onField(this.readLiteral(0x0f), (first & 0x10) !== 0);
      }
    }
    this.bytes = scratch;
  }

  private readResizes(): void {
    while (this.at < this.end && ((this.bytes[this.at] as number) & 0xe0) === 0x20) {
      const size = this.readInteger(0x1f);
      if (size > this.limitBytes) throw new Http2Error('invalid-hpack');
      this.table.resize(size);
      this.resizeDue = false;
    }
    if (this.resizeDue) throw new Http2Error('invalid-hpack');
  }

  private fieldAt(index: number): Field {
    const field = index <= STATIC_COUNT ? staticFields[index] : this.table.at(index - STATIC_COUNT - 1);
    if (field === undefined || index === 0) throw new Http2Error('invalid-hpack');
    return field;
  }

  /** RFC 7541 section 6.2: the line is put together in `scratch`, so that it becomes one flat string at once. */
  private readLiteral(prefix: number): Field {
    const index = this.readInteger(prefix);
    const name = index === 0 ? this.readName() : this.fieldAt(index).name;
    const { text, pseudo } = name;
    const valueAt = pseudo === PSEUDO.none ? text.length + 2 : 0;
    if (valueAt > scratch.length) growScratch(valueAt);
    const valueEnd = this.readString(valueAt);
    const valid = name.valid && isValidValue(pseudo, scratch, valueAt, valueEnd);
    if (pseudo !== PSEUDO.none) {
      return new Field(name, scratch.toString('latin1', 0, valueEnd), valueEnd, valid);
    }
    for (let at = 0; at < text.length; at++) scratch[at] = text.charCodeAt(at);
    scratch[valueAt - 2] = 0x3a;
    scratch[valueAt - 1] = 0x20;
    scratch[valueEnd] = 0x0d;
    scratch[valueEnd + 1] = 0x0a;
    return new Field(name, scratch.toString('latin1', 0, valueEnd + 2), valueEnd - valueAt, valid);
  }

  private readName(): FieldName {
    const end = this.readString(0);
    return new FieldName(scratch.toString('latin1', 0, end), scratch, 0, end);
  }

  /** RFC 7541 section 5.2: to `scratch` from `to` on, with room for a line end behind it. */
  private readString(to: number): number {
    if (this.at >= this.end) throw new Http2Error('invalid-hpack');
    const huffman = ((this.bytes[this.at] as number) & 0x80) !== 0;
    const length = this.readInteger(0x7f);
    const start = this.at;
    const end = start + length;
    if (end > this.end) throw new Http2Error('invalid-hpack');
    this.at = end;
    const room = to + (huffman ? maxHuffmanOutput(length) : length) + 2;
    if (room > scratch.length) growScratch(room);
    if (huffman) {
      const decodedEnd = decodeHuffman(this.bytes, start, end, scratch, to);
      if (decodedEnd === -1) throw new Http2Error('invalid-hpack');
      return decodedEnd;
    }
    if (length > 64) this.bytes.copy(scratch, to, start, end);
    else for (let from = start, at = to; from < end; from++, at++) scratch[at] = this.bytes[from] as number;
    return to + length;
  }

  /** RFC 7541 section 5.1; the first byte is known to be there. */
  private readInteger(prefix: number): number {
    let value = (this.bytes[this.at++] as number) & prefix;
    if (value < prefix) return value;
    for (let shift = 0; shift <= MAX_INTEGER_SHIFT; shift += 7) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Http2Error('invalid-hpack');
  }
}
