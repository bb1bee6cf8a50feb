import { setTimeout as delay } from 'node:timers/promises';
import { deltaBetween } from '@tulle/mesh/list-delta';
import { asShown } from './as-shown.ts';
import type { TopologyStep, TopologyView } from './view.ts';

const tickMs = 1_000;
/** A graph of a thousand services comes at a pace at which pages can follow. */
const largeTickMs = 3_000;
const largeEdges = 1_500;

/** The whole graph first, then what has changed since. `current` gives the same object to all who ask within a tick. */
export async function* followGraph(
  current: () => Promise<TopologyView>,
  { signal, now }: { signal: AbortSignal; now: () => number },
): AsyncGenerator<TopologyStep> {
  let before: TopologyView | undefined;
  while (!signal.aborted) {
    const graph = asShown(await current());
    yield stepBetween(before, graph);
    before = graph;
    // In step with everybody else, so that all of them share one computation.
    const everyMs = graph.edges.length > largeEdges ? largeTickMs : tickMs;
    const waitMs = everyMs - (now() % everyMs);
    await delay(waitMs, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

interface Known {
  readonly before: TopologyView | undefined;
  readonly step: TopologyStep;
}
const steps = new WeakMap<TopologyView, Known>();

/** All who watch came from the same graph, but for those who have just begun. */
function stepBetween(before: TopologyView | undefined, after: TopologyView): TopologyStep {
  const known = steps.get(after);
  if (known !== undefined && known.before === before) return known.step;
  const { asOf, windowMs } = after;
  const step = {
    ...{ asOf, windowMs, isWhole: before === undefined },
    nodes: deltaBetween(before?.nodes ?? [], after.nodes, ({ service }) => service),
    edges: deltaBetween(before?.edges ?? [], after.edges, ({ id }) => id),
  };
  if (before !== undefined) steps.set(after, { before, step });
  return step;
}
