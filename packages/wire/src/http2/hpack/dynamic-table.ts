import { ENTRY_OVERHEAD, type Field } from './field.ts';

/** RFC 7541 section 2.3.2, as its decoder holds it: the newest entry first, the oldest leave for want of room. */
export class DynamicTable {
  count = 0;
  maxBytes: number;
  private bytes = 0;
  /** A ring: `next` is where the next entry goes. */
  private readonly ring: (Field | undefined)[];
  private readonly mask: number;
  private next = 0;

  /** `limitBytes`: more than this {@link resize} is never asked for. */
  constructor(limitBytes: number) {
    let capacity = 1;
    while (capacity < limitBytes / ENTRY_OVERHEAD) capacity *= 2;
    this.ring = new Array<Field | undefined>(capacity).fill(undefined);
    this.mask = capacity - 1;
    this.maxBytes = limitBytes;
  }

  /** 0 is the newest. */
  at(index: number): Field | undefined {
    return index < this.count ? this.ring[(this.next - 1 - index) & this.mask] : undefined;
  }

  add(field: Field): void {
    // RFC 7541 section 4.4: one that is too large for the whole table empties it, which is no error.
    this.evict(this.maxBytes - field.size);
    if (field.size > this.maxBytes) return;
    this.ring[this.next] = field;
    this.next = (this.next + 1) & this.mask;
    this.count++;
    this.bytes += field.size;
  }

  resize(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.evict(maxBytes);
  }

  private evict(roomFor: number): void {
    while (this.count > 0 && this.bytes > roomFor) {
      const oldest = (this.next - this.count) & this.mask;
      this.bytes -= (this.ring[oldest] as Field).size;
      this.ring[oldest] = undefined;
      this.count--;
    }
  }
}
