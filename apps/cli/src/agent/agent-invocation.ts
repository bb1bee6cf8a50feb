import { agentOptionsSchema, runAgentCommand } from '@tulle/agent/agent-command';
import { readOptions } from '@tulle/agent/lifecycle/options';
import type { Invocation } from './invocation.ts';

export const agentInvocation: Invocation = {
  schema: agentOptionsSchema,
  takesCommand: false,
  run: (flags) => runAgentCommand(readOptions(agentOptionsSchema, flags, process.env)),
};
