import { Histogram, quantile } from '@tulle/mesh/histogram';

/** How the requests of one backend went, in an interval and in a row. */
export class IntervalTally {
  requests = 0;
  failures = 0;
  /** Not bounded by the interval: a success ends it. */
  failuresInRow = 0;
  private latencies: Histogram | undefined = undefined;

  /** `withLatency`: somebody will ask for the median. */
  add(latencyMs: number, failed: boolean, withLatency: boolean): void {
    this.requests++;
    if (failed) {
      this.failures++;
      this.failuresInRow++;
      return;
    }
    this.failuresInRow = 0;
    if (!withLatency) return;
    this.latencies ??= new Histogram();
    this.latencies.record(latencyMs);
  }

  /** Of the successes, in milliseconds; undefined without one. */
  get medianMs(): number | undefined {
    return this.latencies === undefined ? undefined : quantile(this.latencies.counts(), 0.5);
  }

  beginInterval(): void {
    this.requests = 0;
    this.failures = 0;
    this.latencies?.reset();
  }
}
