import { mergeCounts } from '@tulle/mesh/histogram';
import type { RouteCounts, RuleCounts } from './measurements.ts';
import { OVERFLOW, overflowKey, overflowRule, type RouteLimits } from './route-recorder.ts';
import { nameOfRoute, nameOfRule } from './route-series.ts';
import { sumBy } from './sum-by.ts';

/** As one recorder with these limits would have counted. */
export function sumRoutes(all: readonly RouteCounts[], { maxSeries }: RouteLimits): RouteCounts[] {
  const nameOf = ({ key }: RouteCounts) => nameOfRoute(key);
  return sumBy(within(maxSeries, all, nameOf, overflowKey), nameOf, addRoute);
}

export function sumRules(all: readonly RuleCounts[], { maxRules }: RouteLimits): RuleCounts[] {
  const nameOf = ({ key }: RuleCounts) => nameOfRule(key);
  return sumBy(within(maxRules, all, nameOf, overflowRule), nameOf, addRule);
}

type Keyed<Key> = { readonly key: Key };

/** Names of processes that have ended stay: without a bound there would be more of them from year to year. */
function within<Key extends { side: 'outbound' | 'inbound'; service: string }, T extends Keyed<Key>>(
  max: number,
  all: readonly T[],
  nameOf: (one: T) => string,
  overflowOf: (side: Key['side']) => Key,
): T[] {
  const known = new Set<string>();
  return all.map((one) => {
    const { side, service } = one.key;
    if (service !== OVERFLOW && known.size < max) known.add(nameOf(one));
    return service === OVERFLOW || known.has(nameOf(one)) ? one : { ...one, key: overflowOf(side) };
  });
}

function addRoute(a: RouteCounts, b: RouteCounts): RouteCounts {
  const errors = { ...a.errors };
  for (const [code, count] of Object.entries(b.errors)) errors[code] = (errors[code] ?? 0) + count;
  return {
    key: a.key,
    ok: a.ok + b.ok,
    clientErrors: a.clientErrors + b.clientErrors,
    serverErrors: a.serverErrors + b.serverErrors,
    triedWell: a.triedWell + b.triedWell,
    failedTries: a.failedTries + b.failedTries,
    retried: a.retried + b.retried,
    retriedOk: a.retriedOk + b.retriedOk,
    bytesSent: a.bytesSent + b.bytesSent,
    bytesReceived: a.bytesReceived + b.bytesReceived,
    active: a.active + b.active,
    errors,
    grpcStatuses: addStatuses(a.grpcStatuses, b.grpcStatuses),
    firstByte: mergeCounts(a.firstByte, b.firstByte),
    duration: mergeCounts(a.duration, b.duration),
  };
}

/** Empty where no call of gRPC has ended. */
function addStatuses(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.length === 0 ? b : a.map((count, status) => count + (b[status] ?? 0));
}

function addRule(a: RuleCounts, b: RuleCounts): RuleCounts {
  return {
    key: a.key,
    delayed: a.delayed + b.delayed,
    aborted: a.aborted + b.aborted,
    mirrored: a.mirrored + b.mirrored,
    mirrorsDropped: a.mirrorsDropped + b.mirrorsDropped,
    retriesRefused: a.retriesRefused + b.retriesRefused,
  };
}
