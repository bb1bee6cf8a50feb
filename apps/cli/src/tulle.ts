import { Command } from 'commander';
import { report } from './failure.ts';

interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Adds arguments, options and the action. Loaded for the subcommand asked for alone. */
  readonly load: () => Promise<{ define(command: Command): void }>;
}

const subcommands: readonly Subcommand[] = [
  {
    name: 'server',
    summary: 'start the API and the dashboard',
    load: () => import('./server/server-command.ts'),
  },
  { name: 'agent', summary: 'start an agent', load: () => import('./agent/agent-command.ts') },
  { name: 'run', summary: 'start a command beside its agent', load: () => import('./run/run-command.ts') },
  {
    name: 'apply',
    summary: 'create or change resources',
    load: () => import('./resources/apply-command.ts'),
  },
  { name: 'get', summary: 'show resources', load: () => import('./resources/get-command.ts') },
  { name: 'token', summary: 'manage join tokens', load: () => import('./join-tokens/token-command.ts') },
  { name: 'demo', summary: 'watch and disturb the demo mesh', load: () => import('./demo/demo-command.ts') },
];

const program = new Command('tulle')
  .description('A service mesh you can hold in one hand')
  .version('0.1.0')
  // What follows the command of `tulle run` belongs to that command.
  .enablePositionalOptions()
  .showHelpAfterError('(tulle --help lists what there is)');

const asked = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const wanted = process.argv[2] === 'help' ? process.argv[3] : asked;
for (const { name, summary, load } of subcommands) {
  const command = program.command(name).summary(summary).description(summary);
  if (name === wanted) (await load()).define(command);
}

try {
  await program.parseAsync();
} catch (error) {
  report(error);
}
