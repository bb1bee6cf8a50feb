'use client';

import { Tooltip } from '@mantine/core';
import { formatBytes, formatCount } from '@tulle/mesh/format';
import type { Column } from '@/ui/data-table/column';
import { StatusTag, type Tone } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import { type Agent, type AgentState, agentState, agentStateLabels, agentStates } from './agent-words';
import classes from './agents-page.module.css';

export const stateTones: Readonly<Record<AgentState, Tone>> = {
  rejected: 'bad',
  behind: 'warn',
  offline: 'warn',
  unhealthy: 'warn',
  draining: 'quiet',
  left: 'quiet',
  revoked: 'quiet',
  'in-sync': 'plain',
};

/** `newest` is the mesh's revision, beside which each agent's is read. */
export function agentColumns(newest: number): readonly Column<Agent>[] {
  return [
    {
      key: 'instance',
      header: 'Instance',
      cell: (agent) => <span className={classes.mono}>{agent.instance}</span>,
      width: 'minmax(140px, 1.8fr)',
      sortBy: (agent) => agent.instance,
      narrow: 'title',
    },
    {
      key: 'service',
      header: 'Service',
      cell: (agent) => (
        <>
          {agent.service} <span className={classes.dim}>{agent.version}</span>
        </>
      ),
      width: 'minmax(120px, 1.4fr)',
      sortBy: (agent) => `${agent.service} ${agent.version}`,
    },
    {
      key: 'host',
      header: 'Host',
      cell: (agent) => <span title={agent.address ?? undefined}>{agent.host}</span>,
      width: 'minmax(100px, 1.2fr)',
      sortBy: (agent) => agent.host,
      narrow: 'hidden',
    },
    {
      key: 'state',
      header: 'Configuration',
      cell: (agent) => <ConfigState agent={agent} newest={newest} />,
      width: 'minmax(150px, 1.7fr)',
      sortBy: (agent) => agentStates.indexOf(agentState(agent)),
      narrow: 'aside',
      interactive: true,
    },
    {
      key: 'seen',
      header: 'Last seen',
      cell: (agent) => (
        <span className={classes.dim}>
          <RelativeTime at={agent.lastSeenAt} />
        </span>
      ),
      width: '88px',
      sortBy: (agent) => agent.lastSeenAt,
      sortFirst: 'descending',
    },
    {
      key: 'memory',
      header: 'Memory',
      cell: (agent) => (agent.rssBytes === null ? '–' : formatBytes(agent.rssBytes)),
      width: '84px',
      align: 'right',
      sortBy: (agent) => agent.rssBytes,
      sortFirst: 'descending',
    },
    {
      key: 'connections',
      header: 'Connections',
      cell: (agent) => (agent.connections === null ? '–' : formatCount(agent.connections)),
      width: '100px',
      align: 'right',
      sortBy: (agent) => agent.connections,
      sortFirst: 'descending',
      narrow: 'hidden',
    },
    {
      key: 'version',
      header: 'Agent',
      cell: (agent) => <span className={classes.dim}>{agent.agentVersion}</span>,
      width: '72px',
      sortBy: (agent) => agent.agentVersion,
      narrow: 'hidden',
    },
  ];
}

function ConfigState({ agent, newest }: { agent: Agent; newest: number }) {
  const state = agentState(agent);
  const { revision, reason } = agent.config;
  const lags = (state === 'rejected' || state === 'behind') && revision < newest;
  const tag = (
    <StatusTag tone={stateTones[state]}>
      {agentStateLabels[state]}
      {lags && `, on r${revision}`}
    </StatusTag>
  );
  if (state !== 'rejected' || reason === null) return tag;
  return (
    <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the rest of a cut text is reached by keyboard too */}
      <span className={classes.rejected} tabIndex={0}>
        {tag} <span className={classes.reason}>{reason}</span>
      </span>
    </Tooltip>
  );
}
