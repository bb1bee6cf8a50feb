import type { Metadata } from 'next';
import { Topology } from '@/topology/topology';
import { Prefetch } from '@/trpc/prefetch';
import { windowMsFrom } from '@/ui/view-state';

export const metadata: Metadata = { title: 'Topology' };

interface PageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function TopologyPage({ searchParams }: PageProps) {
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.topology.graph.queryOptions({ windowMs })]}>
      <Topology />
    </Prefetch>
  );
}
