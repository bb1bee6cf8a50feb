import type { RouterOutputs } from '@tulle/api/router-types';

export type Agent = RouterOutputs['agents']['list']['agents'][number];

/** In the order in which somebody should look at them. */
export const agentStates = ['rejected', 'behind', 'offline', 'unhealthy', 'revoked', 'in-sync'] as const;
export type AgentState = (typeof agentStates)[number];

export const agentStateLabels: Readonly<Record<AgentState, string>> = {
  rejected: 'rejected',
  behind: 'behind',
  offline: 'offline',
  unhealthy: 'service unhealthy',
  revoked: 'revoked',
  'in-sync': 'in sync',
};

/** One word for an agent: the most pressing of what can be said of it. */
export function agentState(agent: Agent): AgentState {
  if (agent.revokedAt !== null) return 'revoked';
  if (agent.config.state === 'rejected') return 'rejected';
  if (!agent.connected) return 'offline';
  if (agent.config.state === 'behind') return 'behind';
  return agent.localHealthy ? 'in-sync' : 'unhealthy';
}

export function countByState(agents: readonly Agent[]): Record<AgentState, number> {
  const counts = { rejected: 0, behind: 0, offline: 0, unhealthy: 0, revoked: 0, 'in-sync': 0 };
  for (const agent of agents) counts[agentState(agent)] += 1;
  return counts;
}

/** What search looks at. */
export function agentText(agent: Agent): string {
  const { instance, service, version, host, address } = agent;
  return [instance, service, version, host, address ?? '', agentStateLabels[agentState(agent)]].join(' ');
}
