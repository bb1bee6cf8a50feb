'use client';

import { useQuery } from '@tanstack/react-query';
import { ServiceBehaviour } from '@/features/services/service-behaviour';
import { Standings } from '@/features/services/standings';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { LinkButton } from '@/ui/link-button';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { BoneLines, EmptyState, ErrorState } from '@/ui/states';
import { StatusTag } from '@/ui/status-tag';
import { useRefresh, useWindow } from '@/ui/use-view';
import { stateTones } from './agent-columns';
import { AgentFacts } from './agent-facts';
import { AgentIdentity } from './agent-identity';
import { agentNotices } from './agent-notices';
import classes from './agent-page.module.css';
import { type Agent, agentState, agentStateLabels } from './agent-words';

/** One agent: what is wrong with it, who it is, what it holds and by which rules it serves. */
export function AgentPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const agents = useQuery(trpc.agents.list.queryOptions(undefined, useRefresh()));
  const agent = agents.data?.agents.find((each) => each.id === id);
  const trail = (
    <MeshLink href={paths.agents()} look="plain">
      Agents
    </MeshLink>
  );
  if (agents.data !== undefined && agent !== undefined)
    return <AgentDetail agent={agent} all={agents.data.agents} newest={agents.data.revision} trail={trail} />;
  return (
    <>
      <PageHeader trail={trail} title="Agent" />
      {agents.data !== undefined && (
        <EmptyState title="There is no such agent">
          <p>It may have left the mesh long ago; an instance that starts again gets a new agent.</p>
          <LinkButton href={paths.agents()}>All agents</LinkButton>
        </EmptyState>
      )}
      {agents.data === undefined && agents.error !== null && (
        <ErrorState error={agents.error} what="The agent" onRetry={() => void agents.refetch()} />
      )}
      {agents.data === undefined && agents.error === null && <AgentSkeleton />}
    </>
  );
}

interface AgentDetailProps {
  readonly agent: Agent;
  readonly all: readonly Agent[];
  readonly newest: number;
  readonly trail: React.ReactNode;
}

function AgentDetail({ agent, all, newest, trail }: AgentDetailProps) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const { service, instance } = agent;
  const { data } = useQuery(trpc.services.get.queryOptions({ windowMs, service }, useRefresh()));
  const state = agentState(agent);
  return (
    <>
      <PageHeader
        trail={trail}
        title={instance}
        beside={<StatusTag tone={stateTones[state]}>{agentStateLabels[state]}</StatusTag>}
        actions={<LinkButton href={paths.service(service)}>Open service</LinkButton>}
      />
      <div className={classes.cards}>
        {agentNotices(agent, all, newest).map(({ tone, title, text }) => (
          <Card key={title} title={title} {...(tone && { tone })}>
            {text}
          </Card>
        ))}
        <div className={classes.columns}>
          <AgentFacts agent={agent} newest={newest} />
          <AgentIdentity agent={agent} />
        </div>
        {data && <Standings standings={data.standings.filter(({ endpoint }) => endpoint === instance)} />}
        {data && <ServiceBehaviour behaviour={data.behaviour} service={service} />}
      </div>
    </>
  );
}

function AgentSkeleton() {
  return (
    <div className={classes.columns} role="status" aria-label="Loading the agent">
      <Card title="Agent">
        <BoneLines widths={[180, 120, 150, 90, 160]} />
      </Card>
      <Card title="Mutual TLS">
        <BoneLines widths={['92%', 120, 90, 110, 100]} />
      </Card>
    </div>
  );
}
