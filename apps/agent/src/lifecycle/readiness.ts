/** Tells those who wait for it when nothing is missing any more. */
export class Readiness {
  private readonly missing: () => readonly string[];
  private readonly waiting = new Set<() => void>();

  constructor(missing: () => readonly string[]) {
    this.missing = missing;
  }

  /** Something changed. */
  recheck(): void {
    if (this.missing().length > 0) return;
    for (const tell of [...this.waiting]) tell();
  }

  /** Resolves with true as soon as nothing is missing, with false after `timeoutMs`. */
  wait(timeoutMs: number): Promise<boolean> {
    if (this.missing().length === 0) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const finish = (ready: boolean) => {
      clearTimeout(timer);
      this.waiting.delete(tell);
      resolve(ready);
    };
    const tell = () => finish(true);
    const timer = setTimeout(() => finish(false), timeoutMs);
    this.waiting.add(tell);
    return promise;
  }
}
