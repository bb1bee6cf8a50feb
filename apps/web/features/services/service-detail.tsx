'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf, formatMs, formatNumber, formatPercent } from '@tulle/mesh/format';
import { MetricChart } from '@/charts/metric-chart';
import { Card, Stat } from '@/ui/card';
import { CommandLine } from '@/ui/command-line';
import { MonoId } from '@/ui/mono-id';
import { SplitPair } from '@/ui/split-bar';
import { EmptyState } from '@/ui/states';
import { useWindow } from '@/ui/use-view';
import { windowText } from '@/ui/view-state';
import { InstancesTable } from './instances-table';
import { Interventions } from './interventions';
import { Neighbours } from './neighbours';
import { ServiceBehaviour } from './service-behaviour';
import { ServiceChanges } from './service-changes';
import classes from './service-detail.module.css';
import { Standings } from './standings';

type ServiceView = RouterOutputs['services']['get'];

export function ServiceDetail({ view }: { view: ServiceView }) {
  const { row, callers, callees, instances, standings, yaml, spiffeId, port } = view;
  const { window } = useWindow();
  const versions = row.versions.map(({ version }) => version);
  const { traffic } = row;
  const measured = traffic.requests > 0;
  const tone = row.health === 'failing' ? 'bad' : row.health === 'degraded' ? 'warn' : undefined;

  return (
    <div className={classes.detail}>
      <Card>
        {row.description && <p className={classes.description}>{row.description}</p>}
        <div className={classes.stats}>
          <Stat value={formatNumber(traffic.rate)} label={`req/s, last ${windowText(window)}`} />
          <Stat
            value={measured ? formatPercent(traffic.successRate) : '–'}
            label="success"
            tone={traffic.errorRate > 0 ? tone : undefined}
          />
          <Stat value={traffic.p50 === null ? '–' : formatMs(traffic.p50)} label="p50" />
          <Stat value={traffic.p95 === null ? '–' : formatMs(traffic.p95)} label="p95" />
          <Stat value={traffic.p99 === null ? '–' : formatMs(traffic.p99)} label="p99" />
          <Stat value={row.instances} label={row.instances === 1 ? 'instance' : 'instances'} />
          <dl className={classes.facts}>
            <dt>Protocol</dt>
            <dd>
              {row.protocol.toUpperCase()}, port {port}
            </dd>
            <dt>Owner</dt>
            <dd>{row.owner || '–'}</dd>
            <dt>Identity</dt>
            <dd>
              <MonoId id={spiffeId} label="SPIFFE ID" />
            </dd>
          </dl>
        </div>
      </Card>

      <div className={classes.octopus}>
        <Card title="Callers" aside={countOf(callers.length, 'service')}>
          <Neighbours of={row.service} side="callers" neighbours={callers} />
        </Card>
        <Card title="Traffic" aside={`last ${windowText(window)} · marks are changes`}>
          <div className={classes.charts}>
            <section>
              <h3>Requests</h3>
              <MetricChart
                title="Requests by version"
                metric="rate"
                destination={row.service}
                versions={versions}
              />
            </section>
            <section>
              <h3>Errors</h3>
              <MetricChart
                title="Errors by version"
                metric="errors"
                destination={row.service}
                versions={versions}
              />
            </section>
            <section>
              <h3>p95</h3>
              <MetricChart
                title="p95 by version"
                metric="p95"
                destination={row.service}
                versions={versions}
              />
            </section>
            <section>
              <h3>p50, p95 and p99 of all versions</h3>
              <MetricChart title="Latency percentiles" metric="percentiles" destination={row.service} />
            </section>
          </div>
        </Card>
        <Card title="Calls" aside={countOf(callees.length, 'service')}>
          <Neighbours of={row.service} side="callees" neighbours={callees} />
        </Card>
      </div>

      {row.versions.length > 1 && (
        <Card title="Split between versions">
          <SplitPair versions={row.versions} />
        </Card>
      )}

      <section className={classes.group}>
        <h2 className={classes.heading}>Instances</h2>
        <InstancesTable
          instances={instances}
          versions={versions}
          standings={standings}
          isExternal={view.kind === 'external'}
        />
        <Standings standings={standings} />
      </section>

      <Interventions traffic={traffic} interventions={view.interventions} window={windowText(window)} />
      <ServiceBehaviour behaviour={view.behaviour} />

      <section>
        <h2 className={classes.heading}>Changes</h2>
        <ServiceChanges service={row.service} />
      </section>
      <section id="yaml">
        <h2 className={classes.heading}>YAML</h2>
        {yaml.trim() === '' ? (
          <Card>
            <EmptyState title="Nothing is declared for this service">
              <p>
                It runs with the defaults of the mesh. A split, a rollout or{' '}
                <code className={classes.command}>tulle apply</code> declares more.
              </p>
            </EmptyState>
          </Card>
        ) : (
          <CommandLine text={yaml.trimEnd()} label="YAML" />
        )}
      </section>
    </div>
  );
}
