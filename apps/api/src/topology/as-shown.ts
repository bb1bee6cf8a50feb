import type { TrafficSummary } from '../metrics/view.ts';
import type { TopologyView } from './view.ts';

const views = new WeakMap<TopologyView, TopologyView>();

/** The graph with three digits of every figure, as it is shown: what nobody can see change need not be sent. */
export function asShown(graph: TopologyView): TopologyView {
  const known = views.get(graph);
  if (known !== undefined) return known;
  const view: TopologyView = {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      traffic: trafficShown(node.traffic),
      versions: node.versions.map((version) => ({
        ...version,
        observed: shown(version.observed),
        traffic: trafficShown(version.traffic),
      })),
    })),
    edges: graph.edges.map((edge) => ({ ...edge, traffic: trafficShown(edge.traffic) })),
  };
  views.set(graph, view);
  return view;
}

function trafficShown(traffic: TrafficSummary): TrafficSummary {
  const { requests, rate, errorRate, trySuccessRate, p50, p95, p99 } = traffic;
  const percentile = (value: number | null) => (value === null ? null : shown(value));
  return {
    requests: shown(requests),
    rate: shown(rate),
    errorRate: shown(errorRate),
    // Not rounded itself: 99.97 is not all.
    successRate: 100 - shown(errorRate),
    ...(trySuccessRate !== undefined && { trySuccessRate: 100 - shown(100 - trySuccessRate) }),
    ...{ p50: percentile(p50), p95: percentile(p95), p99: percentile(p99) },
  };
}

function shown(figure: number): number {
  return Number(figure.toPrecision(3));
}
