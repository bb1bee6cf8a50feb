/** Counts of one bucket of time. `at` is its start, milliseconds since the epoch; durations in milliseconds. */
export interface TimePoint {
  readonly at: number;
  readonly requests: number;
  /** Server and mesh errors. */
  readonly errors: number;
  /** null when nothing was measured in this bucket. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface MetricSeries {
  /** A version; `` for requests no version answered, or for a total. */
  readonly version: string;
  readonly points: readonly TimePoint[];
}

/** A change of configuration, drawn on charts. */
export interface ChangeMark {
  readonly revision: number;
  readonly at: number;
  readonly author: string;
  readonly reason: string;
}

export interface MetricsView {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly series: readonly MetricSeries[];
  readonly marks: readonly ChangeMark[];
}

/** Totals over a window; rates are per second, shares in percent. */
export interface TrafficSummary {
  readonly requests: number;
  readonly rate: number;
  readonly errorRate: number;
  /** As callers see it, after retries. */
  readonly successRate: number;
  /** Of single tries; only where something was tried again. */
  readonly trySuccessRate?: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface Metrics {
  series(input: {
    windowMs: number;
    source?: string | undefined;
    destination?: string | undefined;
    by: 'version' | 'total';
  }): Promise<MetricsView>;
}
