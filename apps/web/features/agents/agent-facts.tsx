import { formatBytes, formatCount, formatPercent } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { MonoId } from '@/ui/mono-id';
import { RelativeTime } from '@/ui/time';
import classes from './agent-page.module.css';
import type { Agent } from './agent-words';

/** Where it runs, what it uses and which revision it serves with. */
export function AgentFacts({ agent, newest }: { agent: Agent; newest: number }) {
  const { service, version, instance, host, address, config } = agent;
  const { agentVersion, startedAt, lastSeenAt, rssBytes, cpuPercent, connections, activeRequests } = agent;
  return (
    <Card title="Agent">
      <dl className={classes.facts}>
        <dt>Service</dt>
        <dd>
          <MeshLink href={paths.service(service)}>{service}</MeshLink> {version}
        </dd>
        <dt>Instance</dt>
        <dd>
          <MonoId id={instance} label="instance" />
        </dd>
        <dt>Host</dt>
        <dd>{host}</dd>
        <dt>Mesh address</dt>
        <dd>{address === null ? 'none: it only calls others' : <MonoId id={address} label="address" />}</dd>
        <dt>Revision</dt>
        <dd>
          {config.revision} {config.revision < newest && <>of {newest}</>}
        </dd>
        <dt>Agent version</dt>
        <dd>{agentVersion}</dd>
        <dt>Started</dt>
        <dd>
          <RelativeTime at={startedAt} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <RelativeTime at={lastSeenAt} />
        </dd>
        <dt>Memory</dt>
        <dd>{rssBytes === null ? '–' : formatBytes(rssBytes)}</dd>
        <dt>CPU</dt>
        <dd>{cpuPercent === null ? '–' : `${formatPercent(cpuPercent)} of a core`}</dd>
        <dt>Connections</dt>
        <dd>{connections === null ? '–' : formatCount(connections)}</dd>
        <dt>Requests in flight</dt>
        <dd>{activeRequests === null ? '–' : formatCount(activeRequests)}</dd>
      </dl>
    </Card>
  );
}
