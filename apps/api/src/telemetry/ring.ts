import { Packer, Unpacker } from './packing.ts';
import { addSums, emptySums, type Sums } from './sums.ts';

/** What was counted in one bucket of time, by edge: open while it is added to, packed afterwards. */
interface Frame {
  open: Map<number, Sums> | undefined;
  packed: Buffer | undefined;
}

/** Buckets of one length, kept in memory for a while. */
export class Ring {
  readonly stepMs: number;
  readonly #keptMs: number;
  readonly #openMs: number;
  readonly #frames = new Map<number, Frame>();
  readonly #packer = new Packer();
  #since: number;

  constructor({
    stepMs,
    keptMs,
    openMs,
    since,
  }: { stepMs: number; keptMs: number; openMs: number; since: number }) {
    this.stepMs = stepMs;
    this.#keptMs = keptMs;
    this.#openMs = openMs;
    this.#since = Math.floor(since / stepMs) * stepMs;
  }

  /** All that was counted from here on is here; of before nothing is. */
  get since(): number {
    return this.#since;
  }

  /** What was measured before this process started was loaded from the database. */
  loadedSince(at: number): void {
    this.#since = Math.min(this.#since, Math.ceil(at / this.stepMs) * this.stepMs);
  }

  add(at: number, edge: number, sums: Sums): void {
    const start = Math.floor(at / this.stepMs) * this.stepMs;
    if (start < this.#since) return;
    let frame = this.#frames.get(start);
    if (frame === undefined) {
      frame = { open: new Map(), packed: undefined };
      this.#frames.set(start, frame);
    }
    const open = opened(frame);
    let into = open.get(edge);
    if (into === undefined) {
      into = emptySums();
      open.set(edge, into);
    }
    addSums(into, sums);
  }

  /** Packs what is unlikely to be added to, and forgets what is too old. */
  tidy(now: number): void {
    this.#since = Math.max(this.#since, Math.ceil((now - this.#keptMs) / this.stepMs) * this.stepMs);
    for (const [start, frame] of this.#frames) {
      if (start < this.#since) this.#frames.delete(start);
      else if (frame.open !== undefined && now - start - this.stepMs > this.#openMs)
        this.#pack(frame.open, frame);
    }
  }

  /** Calls back for every edge of the bucket that starts at `start`; what it gets is not to be kept. */
  visit(start: number, visitor: (edge: number, sums: Sums) => void): void {
    const frame = this.#frames.get(start);
    if (frame?.open !== undefined) {
      for (const [edge, sums] of frame.open) visitor(edge, sums);
    } else if (frame?.packed !== undefined) {
      const unpacker = new Unpacker(frame.packed);
      while (!unpacker.done) visitor(unpacker.number(), unpacker.sums());
    }
  }

  #pack(open: Map<number, Sums>, frame: Frame): void {
    for (const [edge, sums] of open) {
      this.#packer.number(edge);
      this.#packer.sums(sums);
    }
    frame.packed = this.#packer.take();
    frame.open = undefined;
  }
}

function opened(frame: Frame): Map<number, Sums> {
  if (frame.open !== undefined) return frame.open;
  const open = new Map<number, Sums>();
  const unpacker = new Unpacker(frame.packed ?? new Uint8Array());
  while (!unpacker.done) open.set(unpacker.number(), unpacker.sums());
  frame.packed = undefined;
  frame.open = open;
  return open;
}
