'use client';

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { LinkButton } from '@/ui/link-button';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { ErrorState } from '@/ui/states';
import { useRefresh } from '@/ui/use-view';
import { EditorSkeleton } from './editor-skeleton';
import { observedMs } from './observed-window';
import { SplitYaml } from './split-yaml';
import { TrafficSplitEditor } from './traffic-split-editor';

/** The split of one service: what is set, what is observed, and how to change it. */
export function TrafficSplitPage({ service }: { service: string }) {
  const trpc = useTRPC();
  const split = useQuery(
    trpc.trafficSplits.get.queryOptions({ service, windowMs: observedMs }, useRefresh(2_000)),
  );
  const [yaml, setYaml] = useQueryState('yaml', parseAsBoolean.withDefault(false));
  // While another service's answer stands in, nothing of it may be edited here.
  const view = split.data?.service === service ? split.data : undefined;
  return (
    <>
      <PageHeader
        trail={
          <>
            <MeshLink href={paths.services()} look="plain">
              Services
            </MeshLink>{' '}
            /{' '}
            <MeshLink href={paths.service(service)} look="plain">
              {service}
            </MeshLink>
          </>
        }
        title="Traffic"
        actions={
          <>
            <Button onClick={() => void setYaml(true)}>YAML</Button>
            <LinkButton href={paths.serviceChanges(service)}>History</LinkButton>
          </>
        }
      />
      {view !== undefined && <TrafficSplitEditor key={service} view={view} />}
      {view === undefined && split.error !== null && (
        <ErrorState
          error={split.error}
          what={`The split of ${service}`}
          instead={{ href: paths.trafficSplits(), label: 'All splits' }}
          onRetry={() => void split.refetch()}
        />
      )}
      {view === undefined && split.error === null && <EditorSkeleton />}
      <SplitYaml service={service} opened={yaml} onClose={() => void setYaml(null)} />
    </>
  );
}
