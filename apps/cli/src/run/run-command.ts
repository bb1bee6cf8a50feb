import type { Command } from 'commander';
import { addSchemaOptions } from '../schema-options.ts';
import { runInvocation } from './run-invocation.ts';

export function define(command: Command): void {
  addSchemaOptions(command, runInvocation.schema)
    .description('Start a command beside its agent; ends with it, and with its exit code.')
    .argument('<command...>', 'what to start, after --')
    .passThroughOptions()
    .action(async (words: string[], flags: Record<string, unknown>) => {
      process.exitCode = await runInvocation.run(flags, words);
    });
  command.parent?.enablePositionalOptions();
}
