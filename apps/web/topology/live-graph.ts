import { withDelta } from '@tulle/mesh/list-delta';
import type { RouterOutputs } from '@/trpc/client';
import type { GraphView } from './graph-view';

type Steps = RouterOutputs['live']['topology'];
export type GraphStep = Steps extends AsyncIterable<infer Step> ? Step : never;

/** The graph after a step; undefined when it tells what changed of something that is not held. */
export function graphAfter(
  held: GraphView | undefined,
  { isWhole, asOf, windowMs, nodes, edges }: GraphStep,
): GraphView | undefined {
  const before = isWhole ? { nodes: [], edges: [] } : held;
  if (before === undefined) return undefined;
  return {
    asOf,
    windowMs,
    nodes: withDelta(before.nodes, nodes, ({ service }) => service),
    edges: withDelta(before.edges, edges, ({ id }) => id),
  };
}
