import { readOptions } from '@tulle/agent/lifecycle/options';
import { runOptionsSchema, runRunCommand } from '@tulle/agent/run/run-command';
import type { Command } from 'commander';
import { releaseStartupGarbage } from '../agent/startup-garbage.ts';
import { addSchemaOptions } from '../schema-options.ts';

export function define(command: Command): void {
  addSchemaOptions(command, runOptionsSchema)
    .description('Start a command beside its agent; ends with it, and with its exit code.')
    .argument('<command...>', 'what to start, after --')
    .passThroughOptions()
    .action(async (words: string[], flags: Record<string, unknown>) => {
      releaseStartupGarbage();
      process.exitCode = await runRunCommand(readOptions(runOptionsSchema, flags, process.env), words);
    });
  command.parent?.enablePositionalOptions();
}
