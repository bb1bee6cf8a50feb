/** Something that collects what an event has for a socket. */
export interface Flushable {
  flush(): void;
}

/**
 * The writers that hold something since the present event began. Every handler of a socket event or timer
 * ends with {@link flush}, so that head, body and end of a message leave in one write.
 */
export class Turn {
  private readonly dirty: Flushable[] = [];

  add(writer: Flushable): void {
    this.dirty.push(writer);
  }

  flush(): void {
    const { dirty } = this;
    // Flushing may make another writer dirty; it is then found further on.
    for (let index = 0; index < dirty.length; index++) (dirty[index] as Flushable).flush();
    dirty.length = 0;
  }
}
