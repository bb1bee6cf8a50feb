import { FIELD, type FieldId } from './known-fields.ts';

/** id, start of line, end of name, start of value, end of value: all relative to the start of the section. */
const WIDTH = 5;

/**
 * The fields of a head or of a trailer section: one string and the offsets into it, so that a field
 * nobody asks for costs no object and an unchanged run of fields is copied as one piece.
 *
 * A reader reuses its section: what it holds is valid until the next message begins.
 */
export class FieldSection {
  /** The bytes of the whole section as latin1, start line included, up to and with the empty line. */
  text = '';
  count = 0;
  /** Where the last field line ends. */
  end = 0;
  /** Names listed in Connection besides close, keep-alive, upgrade and te, in lower case. */
  nominated: string[] | undefined = undefined;
  private readonly offsets: Uint16Array;
  private readonly capacity: number;

  constructor(maxFields: number) {
    this.capacity = maxFields;
    this.offsets = new Uint16Array(maxFields * WIDTH);
  }

  clear(): void {
    this.text = '';
    this.count = 0;
    this.end = 0;
    this.nominated = undefined;
  }

  /** False when the section is full. */
  add(id: FieldId, line: number, nameEnd: number, valueStart: number, valueEnd: number): boolean {
    if (this.count === this.capacity) return false;
    const at = this.count * WIDTH;
    const offsets = this.offsets;
    offsets[at] = id;
    offsets[at + 1] = line;
    offsets[at + 2] = nameEnd;
    offsets[at + 3] = valueStart;
    offsets[at + 4] = valueEnd;
    this.count++;
    return true;
  }

  /**
   * Adds a field that did not come as a line of HTTP/1.1: `line` is `name: value\r\n` with the name in lower case, so
   * that every section reads the same whatever its protocol. False when the section is full.
   */
  addLine(id: FieldId, line: string, nameLength: number): boolean {
    const start = this.text.length;
    const added = this.add(id, start, start + nameLength, start + nameLength + 2, start + line.length - 2);
    if (!added) return false;
    this.text += line;
    this.end = this.text.length;
    return true;
  }

  idAt(index: number): FieldId {
    return this.offsets[index * WIDTH] as FieldId;
  }

  nameAt(index: number): string {
    const at = index * WIDTH;
    return this.text.substring(this.offsets[at + 1] as number, this.offsets[at + 2]);
  }

  lowerNameAt(index: number): string {
    return this.nameAt(index).toLowerCase();
  }

  valueAt(index: number): string {
    const at = index * WIDTH;
    return this.text.substring(this.offsets[at + 3] as number, this.offsets[at + 4]);
  }

  /** Value of the first field with this id. */
  known(id: FieldId): string | undefined {
    for (let index = 0; index < this.count; index++) {
      if (this.offsets[index * WIDTH] === id) return this.valueAt(index);
    }
    return undefined;
  }

  /** All values of a field, joined as RFC 9110 section 5.3 allows. `name` in lower case. */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (let index = 0; index < this.count; index++) {
      const at = index * WIDTH;
      if ((this.offsets[at + 2] as number) - (this.offsets[at + 1] as number) !== name.length) continue;
      if (this.lowerNameAt(index) !== name) continue;
      found = found === undefined ? this.valueAt(index) : `${found}, ${this.valueAt(index)}`;
    }
    return found;
  }

  entries(): [string, string][] {
    return Array.from({ length: this.count }, (_, index) => [this.nameAt(index), this.valueAt(index)]);
  }

  /**
   * The field lines as received, each with its CRLF, without those `dropped` marks and without those
   * that Connection nominated (RFC 9110 section 7.6.1) or `removed` holds (lower-case names).
   */
  kept(dropped: Uint8Array, removed: ReadonlySet<string> | undefined = undefined): string {
    const { count, offsets, text, nominated } = this;
    if (count === 0) return '';
    let out = '';
    let runStart = offsets[1] as number;
    for (let index = 0; index < count; index++) {
      const at = index * WIDTH;
      const id = offsets[at] as FieldId;
      if (dropped[id] !== 1 && !(removed?.has(this.lowerNameAt(index)) ?? false)) {
        if (nominated === undefined || !this.isNominated(index, id, nominated)) continue;
      }
      const line = offsets[at + 1] as number;
      if (line > runStart) out += text.substring(runStart, line);
      runStart = index + 1 < count ? (offsets[at + WIDTH + 1] as number) : this.end;
    }
    return this.end > runStart ? out + text.substring(runStart, this.end) : out;
  }

  private isNominated(index: number, id: FieldId, nominated: string[]): boolean {
    return id !== FIELD.host && nominated.includes(this.lowerNameAt(index));
  }
}
