import { collectStartupGarbage } from '@tulle/agent/lifecycle/trim-memory';
import { agentInvocation } from './agent/agent-invocation.ts';
import { readPlainly } from './agent/invocation.ts';
import { report } from './failure.ts';
import { runInvocation } from './run/run-invocation.ts';

// Bundled by itself, so that an agent carries of each library only what an agent uses.
collectStartupGarbage();
const [subcommand, ...words] = process.argv.slice(2);
const invocation = subcommand === 'run' ? runInvocation : agentInvocation;
const line = readPlainly(invocation, words);
try {
  if (line === undefined) await explain();
  else process.exitCode = await invocation.run(line.flags, line.command);
} catch (error) {
  report(error);
}

async function explain(): Promise<void> {
  const { runProgram } = await import('./program.ts');
  const { agentSubcommands } = await import('./agent/subcommands.ts');
  await runProgram(agentSubcommands);
}
