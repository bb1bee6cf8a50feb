import { FIELD, type FieldId } from './known-fields.ts';

/** id, start of line, end of name, start of value, end of value: all relative to the start of the section. */
const WIDTH = 5;
/** Beyond, the memory of lines is not kept for the next section. */
const MAX_KEPT_LINES = 32;

/**
 * The fields of a head or of a trailer section: one string and the offsets into it, so that a field
 * nobody asks for costs no object and an unchanged run of fields is copied as one piece.
 *
 * A reader reuses its section: what it holds is valid until the next message begins.
 */
export class FieldSection {
  /**
   * The bytes of the whole section as latin1, start line included, up to and with the empty line. Empty where lines
   * were added one by one: they stay as they are, because most are shared with the table they came from.
   */
  text = '';
  count = 0;
  /** Where the last field line ends; of added lines, how long they are together. */
  end = 0;
  /** Fields that are not passed on, in lower case: those that Connection names, and what {@link leaveOut} was asked. */
  nominated: string[] | undefined = undefined;
  private readonly offsets: Uint16Array;
  private readonly capacity: number;
  /** The lines that were added one by one, and what is left behind them; their offsets count from the start of the line. */
  private readonly lines: string[] = [];
  private lineCount = 0;
  /** A bit for each id that occurs. */
  private present = 0;
  /** Which of them are sensitive; undefined when none is. */
  private sensitive: Set<number> | undefined = undefined;

  constructor(maxFields: number) {
    this.capacity = maxFields;
    this.offsets = new Uint16Array(maxFields * WIDTH);
  }

  clear(): void {
    this.text = '';
    this.count = 0;
    this.end = 0;
    this.nominated = undefined;
    this.lineCount = 0;
    this.present = 0;
    if (this.lines.length > MAX_KEPT_LINES) this.lines.length = 0;
    this.sensitive = undefined;
  }

  /** The field is for this hop only. `name` in lower case. */
  leaveOut(name: string): void {
    if (this.nominated === undefined) this.nominated = [name];
    else this.nominated.push(name);
  }

  /** False when the section is full. */
  add(id: FieldId, line: number, nameEnd: number, valueStart: number, valueEnd: number): boolean {
    if (this.count === this.capacity) return false;
    const at = this.count * WIDTH;
    const offsets = this.offsets;
    this.present |= 1 << id;
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
   * that every section reads the same whatever its protocol. False when it is full, or holds lines as they were read.
   */
  addLine(id: FieldId, line: string, nameLength: number, sensitive = false): boolean {
    if (this.lineCount < this.count || !this.add(id, 0, nameLength, nameLength + 2, line.length - 2))
      return false;
    if (sensitive) this.sensitive = (this.sensitive ?? new Set()).add(this.count - 1);
    this.lines[this.lineCount++] = line;
    this.end += line.length;
    return true;
  }

  /** The line of a field with its CRLF: the very string that was added. */
  lineAt(index: number): string {
    if (this.lineCount > 0) return this.lines[index] as string;
    const at = index * WIDTH;
    const end = index + 1 < this.count ? this.offsets[at + WIDTH + 1] : this.end;
    return this.text.substring(this.offsets[at + 1] as number, end);
  }

  /** The sender asked that nobody keep this field in a table (RFC 7541 section 7.1.3). */
  isSensitiveAt(index: number): boolean {
    return this.sensitive?.has(index) ?? false;
  }

  idAt(index: number): FieldId {
    return this.offsets[index * WIDTH] as FieldId;
  }

  nameAt(index: number): string {
    const at = index * WIDTH;
    return this.textAt(index).substring(this.offsets[at + 1] as number, this.offsets[at + 2]);
  }

  lowerNameAt(index: number): string {
    return this.nameAt(index).toLowerCase();
  }

  valueAt(index: number): string {
    const at = index * WIDTH;
    return this.textAt(index).substring(this.offsets[at + 3] as number, this.offsets[at + 4]);
  }

  /** What the offsets of a field count in. */
  private textAt(index: number): string {
    return this.lineCount > 0 ? (this.lines[index] as string) : this.text;
  }

  /** Value of the first field with this id. */
  known(id: FieldId): string | undefined {
    if ((this.present & (1 << id)) === 0) return undefined;
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
   * Whether a proxy passes a field on: not when `dropped` marks it, `removed` holds its name in lower case, or
   * it was nominated (RFC 9110 section 7.6.1).
   */
  keeps(index: number, dropped: Uint8Array, removed: ReadonlySet<string> | undefined): boolean {
    const id = this.offsets[index * WIDTH] as FieldId;
    if (dropped[id] === 1) return false;
    if (removed === undefined && this.nominated === undefined) return true;
    const name = this.lowerNameAt(index);
    if (removed?.has(name)) return false;
    return id === FIELD.host || !this.nominated?.includes(name);
  }

  /** The lines of the fields that a proxy {@link keeps}, as received, each with its CRLF. */
  kept(dropped: Uint8Array, removed: ReadonlySet<string> | undefined = undefined): string {
    const { count, offsets, text, lines, lineCount } = this;
    if (count === 0) return '';
    let out = '';
    if (lineCount > 0) {
      for (let index = 0; index < count; index++) {
        if (this.keeps(index, dropped, removed)) out += lines[index];
      }
      return out;
    }
    let runStart = offsets[1] as number;
    for (let index = 0; index < count; index++) {
      if (this.keeps(index, dropped, removed)) continue;
      const at = index * WIDTH;
      const line = offsets[at + 1] as number;
      if (line > runStart) out += text.substring(runStart, line);
      runStart = index + 1 < count ? (offsets[at + WIDTH + 1] as number) : this.end;
    }
    return this.end > runStart ? out + text.substring(runStart, this.end) : out;
  }
}
