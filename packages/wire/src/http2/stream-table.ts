import type { Http2Stream } from './stream.ts';

const SLOTS = 128;

/**
 * The open streams of a session. Their numbers grow evenly, so nearly all are found in an array by their lowest bits;
 * only one that outlives {@link SLOTS} younger ones has to make room.
 */
export class StreamTable<T extends Http2Stream> {
  size = 0;
  private readonly slots = new Array<T | undefined>(SLOTS).fill(undefined);
  private readonly older = new Map<number, T>();

  get(id: number): T | undefined {
    const stream = this.slots[(id >>> 1) & (SLOTS - 1)];
    if (stream !== undefined && stream.id === id) return stream;
    return this.older.size === 0 ? undefined : this.older.get(id);
  }

  add(stream: T): void {
    const slot = (stream.id >>> 1) & (SLOTS - 1);
    const held = this.slots[slot];
    if (held !== undefined) this.older.set(held.id, held);
    this.slots[slot] = stream;
    this.size++;
  }

  remove(stream: T): void {
    const slot = (stream.id >>> 1) & (SLOTS - 1);
    if (this.slots[slot] === stream) this.slots[slot] = undefined;
    else if (!this.older.delete(stream.id)) return;
    this.size--;
  }

  /** A list of its own, in no order: streams may come and go while it is walked. */
  list(): T[] {
    const list = [...this.older.values()];
    for (const stream of this.slots) if (stream !== undefined) list.push(stream);
    return list;
  }
}
