import { agentOptionsSchema, runAgentCommand } from '../../agent-command.ts';
import { readOptions } from '../../lifecycle/options.ts';

/** `tulle agent` with its settings from the environment, as a process of its own for specs. */
process.exit(await runAgentCommand(readOptions(agentOptionsSchema, {}, process.env)));
