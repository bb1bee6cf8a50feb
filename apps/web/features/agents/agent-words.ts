import type { RouterOutputs } from '@tulle/api/router-types';

export type Agent = RouterOutputs['agents']['list']['agents'][number];

/** In the order in which somebody should look at them. */
export const agentStates = [
  'rejected',
  'behind',
  'offline',
  'unhealthy',
  'draining',
  'left',
  'revoked',
  'in-sync',
] as const;
export type AgentState = (typeof agentStates)[number];

export const agentStateLabels: Readonly<Record<AgentState, string>> = {
  rejected: 'rejected',
  behind: 'behind',
  offline: 'offline',
  unhealthy: 'service unhealthy',
  draining: 'draining',
  left: 'left',
  revoked: 'revoked',
  'in-sync': 'in sync',
};

/** One word for an agent: the most pressing of what can be said of it. */
export function agentState(agent: Agent): AgentState {
  if (agent.revokedAt !== null) return 'revoked';
  // Whoever goes in order is nothing to look after.
  if (agent.leftAt !== null) return 'left';
  if (agent.draining) return 'draining';
  if (agent.config.state === 'rejected') return 'rejected';
  if (!agent.connected) return 'offline';
  if (agent.config.state === 'behind') return 'behind';
  return agent.localHealthy ? 'in-sync' : 'unhealthy';
}

export function countByState(agents: readonly Agent[]): Record<AgentState, number> {
  const counts = Object.fromEntries(agentStates.map((state) => [state, 0])) as Record<AgentState, number>;
  for (const agent of agents) counts[agentState(agent)] += 1;
  return counts;
}

/** Those that should hold the newest configuration: all but the ones that are gone for good. */
export function expectedCount(agents: readonly Agent[]): number {
  return agents.filter(({ revokedAt, leftAt }) => revokedAt === null && leftAt === null).length;
}

/** What search looks at. */
export function agentText(agent: Agent): string {
  const { instance, service, version, host, address } = agent;
  return [instance, service, version, host, address ?? '', agentStateLabels[agentState(agent)]].join(' ');
}
