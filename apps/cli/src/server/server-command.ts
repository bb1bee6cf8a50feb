import type { Command } from 'commander';
import { addSchemaOptions } from '../schema-options.ts';
import { readSettings, settingsSchema } from './settings.ts';

export function define(command: Command): void {
  addSchemaOptions(command, settingsSchema)
    .description('Start the API and the dashboard, on one port, with everything they need.')
    .action(async (flags: Record<string, unknown>) => {
      const settings = readSettings(flags, process.env);
      const { runServer } = await import('./run-server.ts');
      await runServer(settings);
    });
}
