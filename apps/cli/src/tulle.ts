import { agentSubcommands } from './agent/subcommands.ts';
import { runProgram, type Subcommand } from './program.ts';

const subcommands: readonly Subcommand[] = [
  {
    name: 'server',
    summary: 'start the API and the dashboard',
    load: () => import('./server/server-command.ts'),
  },
  ...agentSubcommands,
  {
    name: 'apply',
    summary: 'create or change resources',
    load: () => import('./resources/apply-command.ts'),
  },
  { name: 'get', summary: 'show resources', load: () => import('./resources/get-command.ts') },
  {
    name: 'delete',
    summary: 'delete a resource',
    load: () => import('./resources/delete-command.ts'),
  },
  { name: 'token', summary: 'manage join tokens', load: () => import('./join-tokens/token-command.ts') },
  {
    name: 'roots',
    summary: 'show and rotate the root certificate',
    load: () => import('./roots/roots-command.ts'),
  },
  { name: 'demo', summary: 'watch and disturb the demo mesh', load: () => import('./demo/demo-command.ts') },
];

await runProgram(subcommands);
