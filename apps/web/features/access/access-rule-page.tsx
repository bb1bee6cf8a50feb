'use client';

import { useQuery } from '@tanstack/react-query';
import { everyone } from '@tulle/mesh/access-rule';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { LinkButton } from '@/ui/link-button';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { ErrorState } from '@/ui/states';
import { useRefresh, useWindow } from '@/ui/use-view';
import { AccessRuleEditor } from './access-rule-editor';
import { AccessRuleSkeleton } from './access-rule-skeleton';

/** Who may call one service, or for `*` all without a rule of their own, and how to change it. */
export function AccessRulePage({ service }: { service: string }) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const access = useQuery(trpc.access.get.queryOptions({ service, windowMs }, useRefresh()));
  // While another service's answer stands in, nothing of it may be edited here.
  const view = access.data?.service === service ? access.data : undefined;
  const isDefault = service === everyone;
  return (
    <>
      <PageHeader
        trail={
          <MeshLink href={paths.accessRules()} look="plain">
            Access
          </MeshLink>
        }
        title={isDefault ? 'Default of the mesh' : `Access to ${service}`}
        actions={
          <>
            {!isDefault && <LinkButton href={paths.service(service)}>Service</LinkButton>}
            <LinkButton href={paths.serviceChanges(service)}>History</LinkButton>
          </>
        }
      />
      {view !== undefined && <AccessRuleEditor key={service} view={view} />}
      {view === undefined && access.error !== null && (
        <ErrorState
          error={access.error}
          what={isDefault ? 'The default of access' : `The access to ${service}`}
          instead={{ href: paths.accessRules(), label: 'All services' }}
          onRetry={() => void access.refetch()}
        />
      )}
      {view === undefined && access.error === null && <AccessRuleSkeleton isDefault={isDefault} />}
    </>
  );
}
