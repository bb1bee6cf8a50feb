'use client';

import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '@tulle/mesh/format';
import type { ReactNode } from 'react';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { MonoId } from '@/ui/mono-id';
import { Bone, ErrorState } from '@/ui/states';
import classes from './mesh-facts.module.css';

/** What was set at the start of the server: to look at, not to change. */
export function MeshFactsSection() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.meshFacts.get.queryOptions());
  if (data === undefined && error !== null)
    return <ErrorState error={error} what="This mesh" onRetry={() => void refetch()} />;
  return (
    <div className={classes.cards}>
      <Card title="Names and addresses">
        <dl className={classes.facts}>
          <Fact name="Trust domain">{data && <MonoId id={data.trustDomain} label="trust domain" />}</Fact>
          <Fact name="Dashboard">{data && <MonoId id={data.publicUrl} label="address" />}</Fact>
          <Fact name="Agents’ listener">{data && <MonoId id={data.agentsUrl} label="address" />}</Fact>
        </dl>
      </Card>
      <Card title="Lifetimes">
        <dl className={classes.facts}>
          <Fact name="Figures of 10 s">{data && formatDuration(data.tenSecondsKeptMs)}</Fact>
          <Fact name="Figures of 1 min">{data && formatDuration(data.minutesKeptMs)}</Fact>
          <Fact name="Changes">{data && 'kept for good'}</Fact>
          <Fact name="Certificates">{data && formatDuration(data.certificateLifetimeMs)}</Fact>
        </dl>
      </Card>
      <Card title="Versions">
        <dl className={classes.facts}>
          <Fact name="Tulle">{data?.version}</Fact>
          <Fact name="Agent protocol">{data?.protocolVersion}</Fact>
          <Fact name="Node">{data?.nodeVersion}</Fact>
          <Fact name="PostgreSQL">
            {data && `${data.postgresVersion}, ${data.database === 'own' ? 'the server’s own' : 'external'}`}
          </Fact>
        </dl>
      </Card>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children ?? <Bone width={120} />}</dd>
    </>
  );
}
