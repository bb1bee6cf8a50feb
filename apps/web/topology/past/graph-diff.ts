import { formatPercent, formatRate } from '@tulle/mesh/format';
import type { GraphEdge } from '../graph-view';
import { edgeName } from '../selection.ts';

/** As much of a graph as is compared. */
export interface Calls {
  readonly edges: readonly Call[];
}

type Call = Pick<GraphEdge, 'id' | 'source' | 'destination'> & {
  readonly traffic: Pick<GraphEdge['traffic'], 'requests' | 'rate' | 'errorRate'>;
};

/** One call that is not as it was, in words. */
export interface CallDifference {
  readonly id: string;
  readonly name: string;
  /** `6.4 % errors, now none`. */
  readonly words: string;
}

/** Below this, in points of percent, a difference of errors is an accident. */
const leastErrors = 1;
/** A rate this many times another is another. */
const leastRatio = 1.5;
/** Requests per second that nobody misses. */
const leastRate = 0.5;

/** Which calls changed between then and now: those that came or went first, then by errors, then by rate. */
export function graphDiff(then: Calls, now: Calls): CallDifference[] {
  const [old, present] = [byId(then), byId(now)];
  const ids = new Set([...old.keys(), ...present.keys()]);
  return [...ids]
    .flatMap((id) => {
      const [before, after] = [old.get(id), present.get(id)];
      const call = after ?? before;
      const found = differenceOf(before, after);
      return call === undefined || found === undefined ? [] : [{ id, name: edgeName(call), ...found }];
    })
    .sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1))
    .map(({ id, name, words }) => ({ id, name, words }));
}

function byId({ edges }: Calls): Map<string, Call> {
  return new Map(edges.filter(({ traffic }) => traffic.requests > 0).map((edge) => [edge.id, edge]));
}

function differenceOf(
  before: Call | undefined,
  after: Call | undefined,
): { words: string; weight: number } | undefined {
  if (before === undefined)
    return { words: `none then, now ${formatRate(after?.traffic.rate ?? 0)}`, weight: 2_000 };
  if (after === undefined) return { words: `${formatRate(before.traffic.rate)}, now none`, weight: 2_000 };
  const [then, now] = [before.traffic, after.traffic];
  const errors = now.errorRate - then.errorRate;
  if (Math.abs(errors) >= leastErrors)
    return {
      words: `${formatPercent(then.errorRate)} errors, now ${formatPercent(now.errorRate)}`,
      weight: 1_000 + Math.abs(errors),
    };
  const [least, most] = [Math.min(then.rate, now.rate), Math.max(then.rate, now.rate)];
  if (most - least < leastRate || most < least * leastRatio) return undefined;
  return {
    words: `${formatRate(then.rate)}, now ${formatRate(now.rate)}`,
    weight: most / Math.max(least, 0.01),
  };
}
