'use client';

import { useQuery } from '@tanstack/react-query';
import { stateTones } from '@/features/certificates/certificate-columns';
import { colonHex, shortHex } from '@/features/certificates/certificate-life';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { MonoId } from '@/ui/mono-id';
import { BoneLines, ErrorState } from '@/ui/states';
import { StatusTag } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import { useRefresh } from '@/ui/use-view';
import classes from './agent-page.module.css';
import type { Agent } from './agent-words';

/** As whom it speaks, and until when. */
export function AgentIdentity({ agent }: { agent: Agent }) {
  const trpc = useTRPC();
  const certificates = useQuery(trpc.certificates.list.queryOptions(undefined, useRefresh(10_000)));
  const own = certificates.data?.find(({ agentId }) => agentId === agent.id);
  return (
    <Card
      title="Mutual TLS"
      aside={<MeshLink href={paths.certificatesOf(agent.instance)}>Renew or revoke</MeshLink>}
    >
      {certificates.data === undefined && certificates.error === null && (
        <BoneLines widths={['92%', 120, 90, 110, 100]} />
      )}
      {certificates.data === undefined && certificates.error !== null && (
        <ErrorState
          error={certificates.error}
          what="Its certificate"
          onRetry={() => void certificates.refetch()}
        />
      )}
      {certificates.data !== undefined && own === undefined && (
        <p className={classes.none}>It has no certificate.</p>
      )}
      {own !== undefined && (
        <dl className={classes.facts}>
          <dt>Accepts</dt>
          <dd>
            {agent.address === null
              ? 'nothing: it only calls others'
              : 'TLS 1.3 with a certificate of the mesh'}
          </dd>
          <dt>Speaks as</dt>
          <dd>
            <MonoId id={own.spiffeId} label="SPIFFE ID" />
          </dd>
          <dt>Certificate</dt>
          <dd>
            <StatusTag tone={stateTones[own.state]}>{own.state}</StatusTag>
          </dd>
          <dt>Serial</dt>
          <dd>
            <MonoId id={colonHex(own.serial)} text={shortHex(own.serial)} label="serial" />
          </dd>
          <dt>Issued</dt>
          <dd>
            <RelativeTime at={own.issuedAt} />
          </dd>
          <dt>Expires</dt>
          <dd>
            <RelativeTime at={own.notAfter} />
          </dd>
          <dt>Renews</dt>
          <dd>
            {own.state === 'revoked' || own.state === 'expired' ? '–' : <RelativeTime at={own.renewsAt} />}
          </dd>
        </dl>
      )}
    </Card>
  );
}
