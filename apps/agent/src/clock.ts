/**
 * One coarse timer for every deadline of the data plane, instead of a timer per request: whoever has
 * deadlines registers a sweep, and reads `now` where a tick of precision is enough.
 */
export class Clock {
  /** performance.now() at the last tick. */
  now = performance.now();
  private readonly sweeps: ((now: number) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** `tickMs` is how late a deadline may be noticed. */
  start(tickMs: number): void {
    this.now = performance.now();
    // Behind the sockets' events: after a stall what has already arrived must not be found late.
    this.timer ??= setInterval(() => setImmediate(() => this.tick(performance.now())), tickMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.sweeps.length = 0;
  }

  onTick(sweep: (now: number) => void): void {
    this.sweeps.push(sweep);
  }

  tick(now: number): void {
    this.now = now;
    for (const sweep of this.sweeps) sweep(now);
  }
}
