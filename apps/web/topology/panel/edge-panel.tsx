'use client';

import { useQuery } from '@tanstack/react-query';
import { countOf, formatCount, formatPercent, formatRelative } from '@tulle/mesh/format';
import { useTRPC } from '@/trpc/client';
import { useNow } from '@/ui/clock';
import { MonoId } from '@/ui/mono-id';
import { BoneLines, ErrorState } from '@/ui/states';
import { useRefresh, useWindow } from '@/ui/use-view';
import type { GraphEdge } from '../graph-view';
import { Charts } from './charts';
import { Figures } from './figures';
import { meshErrorWords } from './mesh-error-words';
import classes from './panel.module.css';
import { PanelActions } from './panel-actions';
import { RolloutCard } from './rollout-card';
import { SplitSection } from './split-section';

const tlsWords = {
  all: 'mutual TLS 1.3',
  some: 'mutual TLS in part',
  none: 'no mutual TLS',
  unknown: 'encryption unknown',
} as const;

export function EdgePanel({ edge }: { edge: GraphEdge }) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const { source, destination } = edge;
  const detail = useQuery(trpc.topology.edge.queryOptions({ windowMs, source, destination }, useRefresh()));
  const { data } = detail;
  const versions = data?.split.map(({ version }) => version);

  return (
    <>
      <div className={classes.body}>
        <p
          className={classes.kind}
          data-tone={edge.mtls === 'none' || edge.mtls === 'some' ? 'warn' : undefined}
        >
          {data === undefined ? '' : `${data.protocol.toUpperCase()} · `}
          {tlsWords[edge.mtls]}
        </p>
        <Figures traffic={edge.traffic} health={edge.health} />
        <Charts source={source} destination={destination} {...(versions && { versions })} />
        {data === undefined && detail.error && (
          <ErrorState error={detail.error} what="This call" onRetry={() => void detail.refetch()} />
        )}
        {data === undefined && !detail.error && (
          <section role="status" aria-label="Loading the call">
            <h3>Identities</h3>
            <BoneLines widths={['92%', '88%', '64%']} />
          </section>
        )}
        {data !== undefined && (
          <>
            {data.rollout && <RolloutCard rollout={data.rollout} />}
            <SplitSection service={destination} versions={data.split} />
            <FromTheMesh traffic={data.edge.traffic} codes={data.meshErrors} retries={data.retries} />
            <section>
              <h3>Identities</h3>
              <dl className={classes.facts}>
                <dt>from</dt>
                <dd>
                  <MonoId id={data.sourceSpiffeId} label="SPIFFE ID" />
                </dd>
                <dt>to</dt>
                <dd>
                  <MonoId id={data.destinationSpiffeId} label="SPIFFE ID" />
                </dd>
                {data.certificate && (
                  <>
                    <dt>expires</dt>
                    <dd>
                      <CertificateLife {...data.certificate} />
                    </dd>
                  </>
                )}
              </dl>
            </section>
          </>
        )}
      </div>
      <PanelActions
        service={destination}
        canSplit={(data?.split.length ?? 0) > 1}
        rollout={data?.rollout ?? null}
      />
    </>
  );
}

function CertificateLife({ expiresAt, renewsAt }: { expiresAt: number; renewsAt: number }) {
  const now = useNow();
  return (
    <>
      {formatRelative(expiresAt, now)},{' '}
      {renewsAt > now ? `renewed ${formatRelative(renewsAt, now)}` : 'renewal is due'}
    </>
  );
}

/** What the mesh tried again, and the failures that it answered itself, by code; nothing when there were none. */
function FromTheMesh({
  traffic: { successRate, trySuccessRate },
  codes,
  retries,
}: {
  traffic: GraphEdge['traffic'];
  codes: Readonly<Record<string, number>>;
  retries: number;
}) {
  const entries = Object.entries(codes)
    .filter(([, count]) => count > 0)
    .sort(([, left], [, right]) => right - left);
  if (entries.length === 0 && retries === 0) return null;
  return (
    <section>
      <h3>From the mesh</h3>
      {retries > 0 && (
        <dl className={classes.facts}>
          <dt>retries</dt>
          <dd>{formatCount(retries)}</dd>
          {trySuccessRate !== undefined && (
            <>
              <dt>success</dt>
              <dd>
                {formatPercent(successRate)} for callers, {formatPercent(trySuccessRate)} of all tries
              </dd>
            </>
          )}
        </dl>
      )}
      <ul className={classes.errors}>
        {entries.map(([code, count]) => (
          <li key={code}>
            <span>
              <b className={classes.errorName} title={code}>
                {meshErrorWords(code).name}
              </b>{' '}
              {countOf(count, 'request')}
            </span>
            <span className={classes.of}>{meshErrorWords(code).means}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
