'use client';

import { useQuery } from '@tanstack/react-query';
import { countOf } from '@tulle/mesh/format';
import { useTRPC } from '@/trpc/client';
import { MonoId } from '@/ui/mono-id';
import { ErrorState } from '@/ui/states';
import { useRefresh, useWindow } from '@/ui/use-view';
import type { GraphNode, GraphView } from '../graph-view';
import { Charts } from './charts';
import { Figures } from './figures';
import { Neighbours } from './neighbours';
import classes from './panel.module.css';
import { PanelActions } from './panel-actions';
import { RolloutCard } from './rollout-card';
import { SplitSection } from './split-section';

const kindWords = { service: '', caller: 'only calls others', external: 'outside the mesh' } as const;

export function NodePanel({ node, view }: { node: GraphNode; view: GraphView }) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const { service, kind } = node;
  const detail = useQuery(trpc.services.get.queryOptions({ windowMs, service }, useRefresh(10_000)));
  const versions = node.versions.map(({ version }) => version);
  const facts = [
    detail.data?.row.protocol.toUpperCase(),
    countOf(node.instances, 'instance'),
    kindWords[kind],
  ].filter(Boolean);

  return (
    <>
      <div className={classes.body}>
        <p className={classes.kind}>{facts.join(' · ')}</p>
        <Figures traffic={node.traffic} health={node.health} />
        {kind === 'caller' ? (
          <Charts source={service} />
        ) : (
          <Charts destination={service} versions={versions} />
        )}
        {node.rollout && <RolloutCard rollout={node.rollout} />}
        <SplitSection service={service} versions={node.versions} />
        <Neighbours service={service} view={view} />
        {detail.data && (
          <section>
            <h3>Identity</h3>
            <MonoId id={detail.data.spiffeId} label="SPIFFE ID" />
          </section>
        )}
        {detail.data === undefined && detail.error && (
          <ErrorState error={detail.error} what="The identity" onRetry={() => void detail.refetch()} />
        )}
      </div>
      <PanelActions service={service} canSplit={node.versions.length > 1} rollout={node.rollout} />
    </>
  );
}
