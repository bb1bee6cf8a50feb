import type { Command } from 'commander';
import { addSchemaOptions } from '../schema-options.ts';
import { agentInvocation } from './agent-invocation.ts';
import { defineRestart } from './restart-command.ts';

export function define(command: Command): void {
  addSchemaOptions(command, agentInvocation.schema)
    .description('Start an agent: of a mesh with --api, or from a file with --config.')
    .action(async (flags: Record<string, unknown>) => {
      process.exitCode = await agentInvocation.run(flags, []);
    });
  defineRestart(command.command('restart'));
}
