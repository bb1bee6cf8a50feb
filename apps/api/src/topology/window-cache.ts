/**
 * What is computed from the traffic of a window, once for all who ask within the same second: pages of any number
 * of people cost as much as those of one.
 */
export class WindowCache<T> {
  readonly #compute: (windowMs: number) => Promise<T>;
  readonly #now: () => number;
  readonly #values = new Map<number, { second: number; value: Promise<T> }>();

  constructor(compute: (windowMs: number) => Promise<T>, now: () => number) {
    this.#compute = compute;
    this.#now = now;
  }

  get(windowMs: number): Promise<T> {
    const second = Math.floor(this.#now() / 1_000);
    const cached = this.#values.get(windowMs);
    if (cached?.second === second) return cached.value;
    const value = this.#compute(windowMs);
    this.#values.set(windowMs, { second, value });
    // A failure is not kept, and old windows are not either.
    value.catch(() => this.#values.delete(windowMs));
    for (const [key, { second: kept }] of this.#values) if (kept < second - 10) this.#values.delete(key);
    return value;
  }
}
