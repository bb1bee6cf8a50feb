import { agentSubcommands } from './agent/subcommands.ts';
import { runProgram } from './program.ts';

// Bundled by itself, so that an agent carries of each library only what an agent uses.
await runProgram(agentSubcommands);
