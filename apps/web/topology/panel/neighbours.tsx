import { formatPercent, formatRate } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { HealthDot } from '@/ui/status-tag';
import type { GraphEdge, GraphView } from '../graph-view';
import classes from './panel.module.css';

/** Who calls it, and whom it calls; each leads to that call. */
export function Neighbours({ service, view }: { service: string; view: GraphView }) {
  const busiestFirst = (left: GraphEdge, right: GraphEdge) => right.traffic.rate - left.traffic.rate;
  const callers = view.edges.filter(({ destination }) => destination === service).sort(busiestFirst);
  const callees = view.edges.filter(({ source }) => source === service).sort(busiestFirst);
  return (
    <>
      <EdgeList title="Callers" edges={callers} nameOf={({ source }) => source} />
      <EdgeList title="Calls" edges={callees} nameOf={({ destination }) => destination} />
    </>
  );
}

interface EdgeListProps {
  readonly title: string;
  readonly edges: readonly GraphEdge[];
  readonly nameOf: (edge: GraphEdge) => string;
}

function EdgeList({ title, edges, nameOf }: EdgeListProps) {
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={classes.neighbours}>
        {edges.map((edge) => (
          <li key={edge.id}>
            <HealthDot health={edge.health} />
            <MeshLink
              href={paths.topologyEdge(edge.source, edge.destination)}
              look="plain"
              className={classes.neighbour}
            >
              {nameOf(edge)}
            </MeshLink>
            <span>{formatRate(edge.traffic.rate)}</span>
            <span>{formatPercent(edge.traffic.successRate)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
