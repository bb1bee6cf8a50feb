import type { RuleCounts } from './measurements.ts';
import type { RouteKey, RouteSeries } from './route-series.ts';
import type { Series } from './series.ts';

export type RuleKey = Pick<RouteKey, 'side' | 'service' | 'rule'>;

/**
 * What is counted of one rule, held by its decision, so that a request finds its counters without a look-up by name.
 * It outlives configurations.
 */
export class RouteRecord {
  readonly key: RuleKey;
  /** Faults injected. */
  delayed = 0;
  aborted = 0;
  /** Copies sent elsewhere, and those that were given up. */
  mirrored = 0;
  mirrorsDropped = 0;
  /** Further tries that the retry budget did not allow. */
  retriesRefused = 0;
  private readonly make: (destination: string, version: string) => RouteSeries;
  private readonly bySeries = new Map<Series, RouteSeries>();
  private lastSeries: Series | undefined = undefined;
  private last: RouteSeries | undefined = undefined;
  private nowhere: RouteSeries | undefined = undefined;

  constructor(key: RuleKey, make: (destination: string, version: string) => RouteSeries) {
    this.key = key;
    this.make = make;
  }

  /** For requests sent to what `series` counts. */
  of(series: Series): RouteSeries {
    if (series === this.lastSeries) return this.last as RouteSeries;
    let found = this.bySeries.get(series);
    if (found === undefined) {
      found = this.make(series.key.destination, series.key.version);
      this.bySeries.set(series, found);
    }
    this.lastSeries = series;
    this.last = found;
    return found;
  }

  /** For requests that were sent to nobody. */
  get unsent(): RouteSeries {
    this.nowhere ??= this.make('', '');
    return this.nowhere;
  }

  counts(): RuleCounts {
    const { key, delayed, aborted, mirrored, mirrorsDropped, retriesRefused } = this;
    return { key, delayed, aborted, mirrored, mirrorsDropped, retriesRefused };
  }
}
