import { countOf, formatNumber } from '@tulle/mesh/format';
import type { GraphView } from './graph-view';
import classes from './topology.module.css';

interface LegendProps {
  readonly view: GraphView;
  /** How many services were asked away. */
  readonly hidden: number;
  readonly security: boolean;
  readonly label: 'rate' | 'errors' | 'p95';
}

/** How large the mesh is, and what the colours and widths mean. */
export function Legend({ view, hidden, security }: LegendProps) {
  const instances = view.nodes.reduce((sum, node) => sum + node.instances, 0);
  // What callers send in is what people ask of the mesh; without any, what the entry points serve.
  const rate = entryRate(view);
  return (
    <div className={classes.legend}>
      <span>
        {countOf(view.nodes.length, 'service')} · {countOf(instances, 'instance')} · {formatNumber(rate)}{' '}
        req/s
      </span>
      {hidden > 0 && <span>{hidden} hidden</span>}
      {security ? (
        <>
          <Key tone="ok">mutual TLS</Key>
          <Key tone="warn">in part</Key>
          <Key tone="bad">plain text</Key>
        </>
      ) : (
        <>
          <Key tone="bad">failing</Key>
          <Key tone="warn">degraded</Key>
        </>
      )}
      <span className={classes.widths}>line width: requests/s</span>
    </div>
  );
}

function Key({ tone, children }: { tone: 'ok' | 'warn' | 'bad'; children: string }) {
  return (
    <span className={classes.key}>
      <i data-tone={tone} />
      {children}
    </span>
  );
}

function entryRate({ nodes, edges }: GraphView): number {
  const called = new Set(edges.map(({ destination }) => destination));
  return nodes.reduce((sum, { service, traffic }) => (called.has(service) ? sum : sum + traffic.rate), 0);
}
