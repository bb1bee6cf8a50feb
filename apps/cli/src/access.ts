import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { CommandFailure } from './failure.ts';
import { defaultDataDirectory } from './server/clone.ts';

/** Where a server is, and what to show it. */
export interface Access {
  readonly url: string;
  readonly token: string;
  /** Where the token is from, for the sentence when it is refused. */
  readonly tokenFrom: string;
}

export interface AccessFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const operatorSchema = z.object({ url: z.string(), token: z.string().min(1) });

export function addAccessOptions(command: Command): Command {
  return command
    .option('--url <url>', 'where the server is (TULLE_URL; default: the one of the data directory)')
    .option('--token <token>', 'an API token (TULLE_TOKEN, which others on the machine do not see)')
    .option('--data-dir <directory>', "the server's data directory on this machine (TULLE_DATA_DIR)");
}

/** The data directory of a server on this machine; an empty variable counts as unset. */
export function dataDirectoryOf({ dataDir }: Pick<AccessFlags, 'dataDir'>, environment: Environment): string {
  return dataDir ?? (environment.TULLE_DATA_DIR || defaultDataDirectory);
}

/** Flags, TULLE_URL and TULLE_TOKEN, or what a server on this machine wrote into its data directory for its user. */
export function findAccess(flags: AccessFlags, environment: Environment): Access {
  const url = flags.url ?? (environment.TULLE_URL || undefined);
  const token = flags.token ?? (environment.TULLE_TOKEN || undefined);
  const tokenFrom = flags.token === undefined ? 'TULLE_TOKEN' : '--token';
  if (url !== undefined) requireUrl(url);
  if (token !== undefined) requireToken(token, tokenFrom);
  const given = token === undefined ? undefined : { token, tokenFrom };
  if (url !== undefined && given !== undefined) return { url, ...given };
  const access = readOperatorFile(dataDirectoryOf(flags, environment));
  return { ...access, ...given, url: url ?? access.url };
}

export function readOperatorFile(dataDir: string): Access {
  const file = path.join(dataDir, 'operator.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(
      `No server is known here (${file}: ${code}); start one with \`tulle server\`, name its data directory with --data-dir, or set TULLE_URL and TULLE_TOKEN.`,
    );
  }
  try {
    return { ...operatorSchema.parse(JSON.parse(text)), tokenFrom: file };
  } catch {
    throw new CommandFailure(`${file} is damaged; restart the server to have it rewritten.`);
  }
}

function requireUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new CommandFailure(
    `--url or TULLE_URL: ${url} is not the address of a server; write it as http://127.0.0.1:4400.`,
  );
}

/** What a header cannot carry is no token; the message does not repeat it. */
function requireToken(token: string, tokenFrom: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new CommandFailure(`${tokenFrom} has spaces or other characters that no token has.`);
}
