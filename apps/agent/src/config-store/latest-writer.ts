/**
 * Writes the newest state again and again, one write at a time: states that come while a write is under way
 * replace each other, so that a burst of changes costs two writes and the last one always lands.
 */
export class LatestWriter<T> {
  readonly #write: (state: T) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #next: { state: T } | undefined;
  #running: Promise<void> | undefined;

  constructor(write: (state: T) => Promise<void>, onError: (error: unknown) => void) {
    this.#write = write;
    this.#onError = onError;
  }

  put(state: T): void {
    this.#next = { state };
    this.#running ??= this.#run();
  }

  /** Resolves when everything put so far is written, or has failed and been reported. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const { state } = this.#next;
      this.#next = undefined;
      try {
        await this.#write(state);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#running = undefined;
  }
}
