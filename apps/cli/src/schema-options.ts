import { type Command, Option } from 'commander';
import type * as z from 'zod/mini';
import { settingsOf } from './settings-of.ts';

/**
 * One flag for each field of a settings schema, with its description and default. Values stay as typed: the schema
 * reads them later, together with the environment, and defaults are its alone.
 */
export function addSchemaOptions(command: Command, schema: z.core.$ZodObject): Command {
  for (const setting of settingsOf(schema)) {
    if (setting.flag === undefined) continue;
    const option = new Option(
      setting.isSwitch ? setting.flag : `${setting.flag} <${setting.placeholder}>`,
      setting.description + (setting.fallback === undefined ? '' : ` (default: ${setting.fallback})`),
    );
    command.addOption(option);
    if (setting.isSwitch) command.addOption(new Option(setting.flag.replace('--', '--no-')).hideHelp());
  }
  return command;
}
