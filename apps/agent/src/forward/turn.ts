/** A read of more is passed on at once: a socket that takes no more has to be noticed before much waits for it. */
const LARGE_READ_BYTES = 16 * 1024;
/** At 1 GB/s a look of 20 µs is half a percent. */
const LOOK_EVERY_BYTES = 4 * 1024 * 1024;

/** Something that collects what events have for a socket. */
export interface Flushable {
  flush(): void;
}

/**
 * The writers that hold something, in two lists. Every handler of a socket event or timer ends with {@link flush} or
 * {@link afterRead}, so that head, body and end of a message leave in one write. What many connections share waits for
 * the end of the turn of the event loop: all requests that were read in it leave in one write, and one TLS record.
 */
export class Turn {
  private readonly dirty: Flushable[] = [];
  private takenBytes = 0;
  private lookAtTaken: (() => void) | undefined = undefined;
  private shared: Flushable[] = [];
  private isScheduled = false;
  private readonly endTurn = () => {
    this.isScheduled = false;
    const { shared } = this;
    this.shared = [];
    for (const writer of shared) writer.flush();
    this.flush();
  };

  /** Has `look` called whenever much was read: a turn that reads from thousands of sockets leaves timers none. */
  onMuchTaken(look: () => void): void {
    this.lookAtTaken = look;
  }

  add(writer: Flushable): void {
    this.dirty.push(writer);
  }

  /** For a writer that several exchanges share. */
  addShared(writer: Flushable): void {
    this.shared.push(writer);
    this.flushAtEnd();
  }

  /**
   * Ends the handler of a read: flushes when all that the sockets have in this turn was read. To read all and then
   * write all costs less than to take turns, and TLS gives a body in pieces of one record.
   */
  afterRead(bytes: number): void {
    this.takenBytes += bytes;
    if (this.takenBytes >= LOOK_EVERY_BYTES) {
      this.takenBytes = 0;
      this.lookAtTaken?.();
    }
    if (bytes > LARGE_READ_BYTES) this.flush();
    else this.flushAtEnd();
  }

  private flushAtEnd(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.endTurn);
  }

  flush(): void {
    const { dirty } = this;
    // Flushing may make another writer dirty; it is then found further on.
    for (let index = 0; index < dirty.length; index++) (dirty[index] as Flushable).flush();
    dirty.length = 0;
  }
}
