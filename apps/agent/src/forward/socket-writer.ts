import type { Socket } from 'node:net';
import type { Bytes } from '@tulle/wire/http/bytes';
import { giveSlab, SLAB_BYTES, takeSlab } from '@tulle/wire/http/slabs';
import { SlabWriter } from './slab-writer.ts';
import type { Flushable, Turn } from './turn.ts';

/** Below this, copying bytes into the string that is written anyway is cheaper than a slab. */
const INLINE_BYTES = 8 * 1024;

/** Beyond, all writers write what they have: then slabs are used again soon, and while they are in the cache. */
const MAX_COLLECTING = 16;
let collecting = 0;

/** Told when the socket takes no more for now. The matching `drain` comes from the socket itself. */
export interface WriterOwner {
  onWriteBlocked(): void;
}

/**
 * Collects what one event has for a socket and writes it at once. Text is latin1: heads as they were read,
 * small bodies, chunk framing. With large bodies all of it is collected in a slab.
 */
export class SocketWriter implements Flushable {
  private readonly socket: Socket;
  private readonly turn: Turn;
  private readonly owner: WriterOwner;
  private slabs: SlabWriter | undefined = undefined;
  private text = '';
  private slab: Bytes | undefined = undefined;
  private used = 0;
  private queued = false;
  private ending = false;

  constructor(socket: Socket, turn: Turn, owner: WriterOwner) {
    this.socket = socket;
    this.turn = turn;
    this.owner = owner;
  }

  add(text: string): void {
    this.text += text;
    this.enqueue();
  }

  /** The bytes are the reader's again behind the call. */
  addBytes(bytes: Bytes, start: number, end: number): void {
    if (end - start <= INLINE_BYTES && this.slab === undefined)
      this.text += bytes.toString('latin1', start, end);
    else if (this.isWritable) this.collect(bytes, start, end);
    this.enqueue();
  }

  /** Half-closes the connection behind everything that was added. */
  end(): void {
    this.ending = true;
    this.enqueue();
  }

  flush(): void {
    this.queued = false;
    if (!this.isWritable) {
      this.drop();
      return;
    }
    this.writeText();
    this.writeSlab();
    if (this.ending) this.socket.end();
    if (this.socket.writableNeedDrain) this.owner.onWriteBlocked();
  }

  private get isWritable(): boolean {
    return !this.socket.destroyed && !this.socket.writableEnded;
  }

  private collect(bytes: Bytes, start: number, end: number): void {
    this.openSlab();
    this.writeText();
    let from = start;
    while (from < end) {
      const slab = this.openSlab();
      const count = Math.min(end - from, slab.length - this.used);
      bytes.copy(slab, this.used, from, from + count);
      this.used += count;
      from += count;
      if (this.used === slab.length) this.writeSlab();
    }
  }

  private openSlab(): Bytes {
    if (this.slab !== undefined) return this.slab;
    if (collecting >= MAX_COLLECTING) this.turn.flush();
    collecting++;
    this.slab = takeSlab();
    return this.slab;
  }

  /** Behind what is in the slab, when there is one. */
  private writeText(): void {
    const { text } = this;
    if (text.length === 0) return;
    this.text = '';
    if (this.slab === undefined) {
      this.socket.write(text, 'latin1');
    } else if (this.used + text.length <= SLAB_BYTES) {
      this.slab.write(text, this.used, text.length, 'latin1');
      this.used += text.length;
    } else {
      this.writeSlab();
      this.socket.write(text, 'latin1');
    }
  }

  private writeSlab(): void {
    const { slab, used } = this;
    if (slab === undefined) return;
    this.slab = undefined;
    this.used = 0;
    collecting--;
    if (used === 0) {
      giveSlab(slab);
      return;
    }
    this.slabs ??= new SlabWriter(this.socket, nothing);
    this.slabs.write(slab, used);
  }

  private drop(): void {
    this.text = '';
    this.used = 0;
    if (this.slab === undefined) return;
    giveSlab(this.slab);
    this.slab = undefined;
    collecting--;
  }

  private enqueue(): void {
    if (this.queued) return;
    this.queued = true;
    this.turn.add(this);
  }
}

function nothing(): void {}
