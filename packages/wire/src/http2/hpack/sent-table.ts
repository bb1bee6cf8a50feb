import { ENTRY_OVERHEAD } from './field.ts';
import type { SentName } from './field-policy.ts';
import { STATIC_COUNT } from './static-table.ts';

/** An entry that the peer's decoder holds. */
export class SentEntry {
  readonly name: SentName;
  /** Where it is found by its text, to be taken out when it leaves the table. */
  readonly home: Map<string, SentEntry>;
  readonly key: string;
  readonly size: number;
  /** Entries are numbered as they come. */
  readonly number: number;

  constructor(name: SentName, home: Map<string, SentEntry>, key: string, size: number, number: number) {
    this.name = name;
    this.home = home;
    this.key = key;
    this.size = size;
    this.number = number;
  }
}

/** The dynamic table (RFC 7541 section 2.3.2) as its encoder knows it. */
export class SentTable {
  maxBytes: number;
  private bytes = 0;
  private readonly ring: (SentEntry | undefined)[];
  private readonly mask: number;
  private newest = 0;
  private oldest = 1;

  constructor(limitBytes: number) {
    let capacity = 1;
    while (capacity < limitBytes / ENTRY_OVERHEAD) capacity *= 2;
    this.ring = new Array<SentEntry | undefined>(capacity).fill(undefined);
    this.mask = capacity - 1;
    this.maxBytes = limitBytes;
  }

  indexOf(number: number): number {
    return STATIC_COUNT + 1 + this.newest - number;
  }

  /** Index under which the name can be referred to, or 0. */
  indexOfName(name: SentName): number {
    if (name.staticIndex !== 0) return name.staticIndex;
    return name.newest >= this.oldest && name.newest !== 0 ? this.indexOf(name.newest) : 0;
  }

  /** Larger ones would push out too many others. */
  takes(size: number): boolean {
    return size <= this.maxBytes >> 2;
  }

  add(name: SentName, home: Map<string, SentEntry>, key: string, size: number): void {
    this.evict(this.maxBytes - size);
    this.newest++;
    // A part of a string keeps all of it alive; joining and cutting makes one of its own.
    const own = ` ${key}`.substring(1);
    const entry = new SentEntry(name, home, own, size, this.newest);
    this.ring[this.newest & this.mask] = entry;
    this.bytes += size;
    home.set(own, entry);
    name.newest = this.newest;
  }

  resize(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.evict(maxBytes);
  }

  private evict(roomFor: number): void {
    while (this.oldest <= this.newest && this.bytes > roomFor) {
      const entry = this.ring[this.oldest & this.mask] as SentEntry;
      this.ring[this.oldest & this.mask] = undefined;
      this.oldest++;
      this.bytes -= entry.size;
      entry.home.delete(entry.key);
    }
  }
}
