import { collectStartupGarbage } from '@tulle/agent/lifecycle/trim-memory';
import { onAbandoned, stopInTime } from '../bin/abandoned.mjs';
import { agentInvocation } from './agent/agent-invocation.ts';
import { readPlainly } from './agent/invocation.ts';
import { report } from './failure.ts';
import { runInvocation } from './run/run-invocation.ts';

// Bundled by itself, so that an agent carries of each library only what an agent uses.
collectStartupGarbage();
onAbandoned(stopInTime);
void main().catch(report).finally(endIfFailed);

async function main(): Promise<void> {
  const [subcommand, ...words] = process.argv.slice(2);
  const invocation = subcommand === 'run' ? runInvocation : agentInvocation;
  const line = readPlainly(invocation, words);
  if (line === undefined) await explain();
  else process.exitCode = await invocation.run(line.flags, line.command);
}

/** What could not start may have opened ports before, which would keep it here, deaf to signals. */
function endIfFailed(): void {
  if (process.exitCode) process.exit();
}

async function explain(): Promise<void> {
  const { runProgram } = await import('./program.ts');
  const { agentSubcommands } = await import('./agent/subcommands.ts');
  await runProgram(agentSubcommands);
}
