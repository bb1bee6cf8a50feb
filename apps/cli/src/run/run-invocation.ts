import { readOptions } from '@tulle/agent/lifecycle/options';
import { runOptionsSchema, runRunCommand } from '@tulle/agent/run/run-command';
import type { Invocation } from '../agent/invocation.ts';

export const runInvocation: Invocation = {
  schema: runOptionsSchema,
  takesCommand: true,
  run: (flags, command) => runRunCommand(readOptions(runOptionsSchema, flags, process.env), command),
};
