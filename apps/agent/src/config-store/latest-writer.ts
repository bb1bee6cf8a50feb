/** Writes that failed, of this process: a disk that is full, a directory that is gone. */
export const failedWrites = { count: 0 };

const retryMs = 1_000;

/**
 * Writes the newest state again and again, one write at a time: states that come while a write is under way
 * replace each other, so that a burst of changes costs two writes and the last one always lands. What cannot be
 * written is tried again until it can, or something newer is there.
 */
export class LatestWriter<T> {
  readonly #write: (state: T) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #latest: { state: T } | undefined;
  #next: { state: T } | undefined;
  #running: Promise<void> | undefined;
  #failing = false;
  #missed: { readonly state: T; readonly timer: NodeJS.Timeout } | undefined;

  /** `onError` is called with the first of failures in a row. */
  constructor(write: (state: T) => Promise<void>, onError: (error: unknown) => void) {
    this.#write = write;
    this.#onError = onError;
  }

  put(state: T): void {
    clearTimeout(this.#missed?.timer);
    this.#missed = undefined;
    this.#latest = { state };
    this.#next = this.#latest;
    this.#running ??= this.#run();
  }

  /** What was written last is there no more. */
  again(): void {
    if (this.#latest !== undefined) this.put(this.#latest.state);
  }

  /**
   * Resolves when everything put so far is written, or has failed for the last time: another process may write from
   * then on, until something is put again.
   */
  async settled(): Promise<void> {
    await this.#running;
    if (this.#missed === undefined) return;
    this.put(this.#missed.state);
    await this.#running;
    clearTimeout(this.#missed?.timer);
    this.#missed = undefined;
  }

  async #run(): Promise<void> {
    while (this.#next !== undefined) {
      const { state } = this.#next;
      this.#next = undefined;
      try {
        await this.#write(state);
        this.#failing = false;
      } catch (error) {
        this.#failed(state, error);
      }
    }
    this.#running = undefined;
  }

  #failed(state: T, error: unknown): void {
    failedWrites.count++;
    if (!this.#failing) this.#onError(error);
    this.#failing = true;
    if (this.#next !== undefined) return;
    const timer = setTimeout(() => this.put(state), retryMs);
    timer.unref();
    this.#missed = { state, timer };
  }
}
