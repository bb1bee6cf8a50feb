import { parseArgs } from 'node:util';
import type * as z from 'zod/mini';
import { settingsOf } from '../settings-of.ts';

/** What a subcommand that runs beside a service does with its command line, whoever has read that. */
export interface Invocation {
  readonly schema: z.core.$ZodObject;
  /** Whether a command of the user's follows after `--`. */
  readonly takesCommand: boolean;
  /** Resolves with the exit code. */
  readonly run: (flags: Readonly<Record<string, unknown>>, command: string[]) => Promise<number>;
}

interface CommandLine {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly command: string[];
}

/**
 * Reads a command line that is plainly right. Of any other, and of one that asks for help, it makes undefined:
 * Commander, which is too large to stand in memory beside every service, knows what to say then.
 */
export function readPlainly(invocation: Invocation, words: readonly string[]): CommandLine | undefined {
  const end = invocation.takesCommand ? words.indexOf('--') : words.length;
  const command = words.slice(end + 1);
  if (invocation.takesCommand && (end < 0 || command.length === 0)) return undefined;
  const settings = settingsOf(invocation.schema).flatMap(({ key, flag, isSwitch }) =>
    flag === undefined ? [] : { key, name: flag.slice('--'.length), isSwitch },
  );
  const options = Object.fromEntries(
    settings.map(({ name, isSwitch }) => [name, { type: isSwitch ? 'boolean' : 'string' } as const]),
  );
  try {
    const { values } = parseArgs({ args: words.slice(0, end), options, allowNegative: true });
    return { flags: Object.fromEntries(settings.map(({ key, name }) => [key, values[name]])), command };
  } catch {
    return undefined;
  }
}
