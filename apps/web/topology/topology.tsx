'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { Page } from '@/ui/shell/page';
import { useWindow } from '@/ui/use-view';

export function Topology() {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const graph = useQuery(trpc.topology.graph.queryOptions({ windowMs }));
  return (
    <Page>
      <h1>Topology</h1>
      <ul>
        {graph.data?.nodes.map(({ service }) => (
          <li key={service}>{service}</li>
        ))}
      </ul>
    </Page>
  );
}
