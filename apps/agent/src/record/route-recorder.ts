import { RouteRecord, type RuleKey } from './route-record.ts';
import { nameOfRoute, nameOfRule, type RouteKey, RouteSeries } from './route-series.ts';

/** No name of a service begins with an underscore. */
export const OVERFLOW = '_overflow';

export interface RouteLimits {
  readonly maxRules: number;
  readonly maxSeries: number;
}

/** One series holds 4 kB. More than this is no longer looked at by people, and a page of metrics must end. */
export const routeLimits: RouteLimits = { maxRules: 5_000, maxSeries: 2_000 };

/** The counters of all rules since the process began: bounded, because rules and versions come and go for years. */
export class RouteRecorder {
  private readonly limits: RouteLimits;
  private readonly byRule = new Map<string, RouteRecord>();
  private readonly bySeries = new Map<string, RouteSeries>();

  constructor(limits: RouteLimits = routeLimits) {
    this.limits = limits;
  }

  /** At compile time; the same object for the same names. Beyond the limit, one for all further rules of a side. */
  obtain(key: RuleKey): RouteRecord {
    const name = nameOfRule(key);
    const known = this.byRule.get(name);
    if (known !== undefined) return known;
    if (this.byRule.size >= this.limits.maxRules && key.service !== OVERFLOW) {
      return this.obtain(overflowRule(key.side));
    }
    const made = new RouteRecord(key, (destination, version) => this.seriesOf(key, destination, version));
    this.byRule.set(name, made);
    return made;
  }

  rules(): Iterable<RouteRecord> {
    return this.byRule.values();
  }

  series(): Iterable<RouteSeries> {
    return this.bySeries.values();
  }

  private seriesOf(rule: RuleKey, destination: string, version: string): RouteSeries {
    const { side, service } = rule;
    const overflows = service === OVERFLOW;
    const key = overflows ? overflowKey(side) : { ...rule, destination, version };
    const name = nameOfRoute(key);
    const known = this.bySeries.get(name);
    if (known !== undefined) return known;
    if (this.bySeries.size >= this.limits.maxSeries && !overflows) {
      return this.seriesOf(overflowKey(side), OVERFLOW, OVERFLOW);
    }
    const made = new RouteSeries(key);
    this.bySeries.set(name, made);
    return made;
  }
}

export function overflowRule(side: RuleKey['side']): RuleKey {
  return { side, service: OVERFLOW, rule: OVERFLOW };
}

export function overflowKey(side: RouteKey['side']): RouteKey {
  return { ...overflowRule(side), destination: OVERFLOW, version: OVERFLOW };
}
