import { agentOptionsSchema, runAgentCommand } from '@tulle/agent/agent-command';
import { readOptions } from '@tulle/agent/lifecycle/options';
import type { Command } from 'commander';
import { addSchemaOptions } from '../schema-options.ts';
import { releaseStartupGarbage } from './startup-garbage.ts';

export function define(command: Command): void {
  addSchemaOptions(command, agentOptionsSchema)
    .description('Start an agent: of a mesh with --api, or from a file with --config.')
    .action(async (flags: Record<string, unknown>) => {
      releaseStartupGarbage();
      process.exitCode = await runAgentCommand(readOptions(agentOptionsSchema, flags, process.env));
    });
}
