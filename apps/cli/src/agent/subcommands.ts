import type { Subcommand } from '../program.ts';

/** Those of which one runs beside each service. */
export const agentSubcommands: readonly Subcommand[] = [
  { name: 'agent', summary: 'start an agent', load: () => import('./agent-command.ts') },
  { name: 'run', summary: 'start a command beside its agent', load: () => import('../run/run-command.ts') },
];
