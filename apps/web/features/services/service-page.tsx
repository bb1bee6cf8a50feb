'use client';

import { useQuery } from '@tanstack/react-query';
import { describePhase } from '@tulle/mesh/rollout/describe';
import { phaseTone } from '@/features/rollouts/phase-tone';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { LinkButton } from '@/ui/link-button';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { Page } from '@/ui/shell/page';
import { ErrorState } from '@/ui/states';
import { HealthTag, StatusTag } from '@/ui/status-tag';
import { useRefresh, useWindow } from '@/ui/use-view';
import { ServiceDetail } from './service-detail';
import { ServiceSkeleton } from './service-skeleton';

export function ServicePage({ service }: { service: string }) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const query = useQuery(trpc.services.get.queryOptions({ windowMs, service }, useRefresh()));
  const view = query.data;

  return (
    <Page>
      <PageHeader
        trail={
          <MeshLink href={paths.services()} look="plain">
            Services
          </MeshLink>
        }
        title={service}
        beside={
          view && (
            <>
              <HealthTag health={view.row.health} />
              {view.row.rollout && (
                <StatusTag tone={phaseTone[view.row.rollout.phase]}>
                  {describePhase(view.row.rollout.phase)}
                </StatusTag>
              )}
            </>
          )
        }
        actions={
          view && (
            <>
              <LinkButton href={paths.topologyNode(service)}>Show in topology</LinkButton>
              {view.row.rollout ? (
                <LinkButton href={paths.rollout(view.row.rollout.id)}>Open rollout</LinkButton>
              ) : (
                view.row.versions.length > 1 && (
                  <LinkButton href={paths.newRollout(service)}>Start rollout</LinkButton>
                )
              )}
              {view.row.versions.length > 1 && (
                <LinkButton href={paths.trafficSplit(service)} variant="filled">
                  Edit split
                </LinkButton>
              )}
            </>
          )
        }
      />
      {view !== undefined && <ServiceDetail view={view} />}
      {view === undefined && query.error && (
        <ErrorState
          error={query.error}
          what={`The service ${service}`}
          instead={{ href: paths.services(), label: 'All services' }}
          onRetry={() => void query.refetch()}
        />
      )}
      {view === undefined && !query.error && <ServiceSkeleton />}
    </Page>
  );
}
