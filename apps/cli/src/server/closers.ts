type Close = () => Promise<void> | void;

/** What has been opened, closed in the reverse order, each once; one that fails does not keep the others open. */
export class Closers {
  readonly #stack: Close[] = [];

  add(close: Close): void {
    this.#stack.push(close);
  }

  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#stack.pop(); close !== undefined; close = this.#stack.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The server did not close cleanly.');
  }
}
