import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { countOf } from '@tulle/mesh/format';
import type { Command } from 'commander';
import { type AccessFlags, addAccessOptions } from '../access.ts';
import { type ApiClient, withApi } from '../api-client.ts';
import { CommandFailure } from '../failure.ts';

interface ApplyFlags extends AccessFlags {
  readonly file: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

export function define(command: Command): void {
  addAccessOptions(command)
    .description('Create or change what a YAML file declares: all of it, or nothing.')
    .requiredOption('-f, --file <file>', 'YAML file with one or more resources, `-` for standard input')
    .option('-m, --reason <text>', 'why, for the history', '')
    .option('--dry-run', 'only say what would change', false)
    .action((flags: ApplyFlags) => withApi(flags, (api) => apply(api, flags)));
}

async function apply(api: ApiClient, flags: ApplyFlags): Promise<void> {
  const yaml =
    flags.file === '-' ? decode(await buffer(process.stdin), 'Standard input') : readFile(flags.file);
  const result = await api.resources.applyYaml.mutate({ yaml, reason: flags.reason, dryRun: flags.dryRun });
  for (const { action, kind, service, fields } of result.entries) {
    process.stdout.write(`${action} ${kind}/${service}\n`);
    for (const { sentence } of fields) process.stdout.write(`  ${sentence}\n`);
  }
  process.stdout.write(`${outcome(result, flags.dryRun)}\n`);
}

function outcome(result: { revision: number; entries: readonly unknown[] }, dryRun: boolean): string {
  if (result.entries.length === 0) return 'Nothing to change.';
  const changes = countOf(result.entries.length, 'change');
  return dryRun ? `${changes} would be made.` : `${changes}, applied as revision ${result.revision}.`;
}

function readFile(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(`${file} cannot be read (${code}).`);
  }
  return decode(bytes, file);
}

function decode(bytes: Buffer, name: string): string {
  if (!isUtf8(bytes)) throw new CommandFailure(`${name} is not text in UTF-8.`);
  return bytes.toString();
}
