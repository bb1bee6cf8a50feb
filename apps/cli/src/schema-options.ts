import { flagOf, variableOf } from '@tulle/agent/lifecycle/options';
import { type Command, Option } from 'commander';
import * as z from 'zod/mini';

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

export interface SettingDescription {
  /** undefined for a secret: every user of the machine sees the flags of a process. */
  readonly flag: string | undefined;
  readonly variable: string;
  readonly description: string;
  readonly placeholder: string;
  readonly isSwitch: boolean;
  /** As one would type it. */
  readonly fallback: string | undefined;
}

/** What the schema says of itself, for `--help` and for docs/settings.md. */
export function settingsOf(schema: z.core.$ZodObject): SettingDescription[] {
  return Object.entries(schema._zod.def.shape).map(([key, field]) => {
    const fallback = z.safeParse(field, undefined);
    const meta = z.globalRegistry.get(field);
    return {
      flag: meta?.variableOnly === true ? undefined : flagOf(key),
      variable: typeof meta?.variable === 'string' ? meta.variable : variableOf(key),
      description: meta?.description ?? '',
      placeholder: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      isSwitch: typeof fallback.data === 'boolean',
      fallback: fallback.success ? typed(fallback.data) : undefined,
    };
  });
}

function typed(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return String(value);
}
