import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@tulle/api/router-types';
import type { Command } from 'commander';
import { z } from 'zod';
import { CommandFailure } from './failure.ts';
import { defaultDataDirectory } from './server/clone.ts';

export type ApiClient = TRPCClient<AppRouter>;

export interface Access {
  readonly url: string;
  readonly token: string;
}

export interface AccessFlags {
  readonly url?: string;
  readonly dataDir?: string;
}

const accessSchema = z.object({ url: z.url(), token: z.string().min(1) });

export function addAccessOptions(command: Command): Command {
  return command
    .option('--url <url>', 'where the server is (TULLE_URL; default: the one of the data directory)')
    .option('--data-dir <directory>', "the server's data directory on this machine (TULLE_DATA_DIR)");
}

/** TULLE_URL and TULLE_TOKEN, or what a server on this machine wrote into its data directory for its user. */
export function findAccess(flags: AccessFlags, environment: NodeJS.ProcessEnv): Access {
  const url = flags.url ?? environment.TULLE_URL;
  const token = environment.TULLE_TOKEN;
  if (url !== undefined && token !== undefined) return accessSchema.parse({ url, token });
  const dataDir = flags.dataDir ?? environment.TULLE_DATA_DIR ?? defaultDataDirectory;
  const access = readOperatorFile(dataDir);
  return { url: url ?? access.url, token: token ?? access.token };
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
  const access = accessSchema.safeParse(JSON.parse(text));
  if (!access.success)
    throw new CommandFailure(`${file} is damaged; restart the server to have it written anew.`);
  return access.data;
}

export function connectApi({ url, token }: Access): ApiClient {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({ url: `${url.replace(/\/$/, '')}/trpc`, headers: { authorization: `Bearer ${token}` } }),
    ],
  });
}

interface WireIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Runs a command against the server; what the server refuses becomes its sentence, with what is wrong where. */
export async function withApi(flags: AccessFlags, work: (api: ApiClient) => Promise<void>): Promise<void> {
  const access = findAccess(flags, process.env);
  try {
    await work(connectApi(access));
  } catch (error) {
    throw error instanceof TRPCClientError ? failureOf(error, access.url) : error;
  }
}

function failureOf(error: TRPCClientError<AppRouter>, url: string): CommandFailure {
  if (error.data == null)
    return new CommandFailure(`No server answers at ${url} (${rootCause(error)}); is it running?`);
  const issues: readonly WireIssue[] = error.data.mesh.issues;
  const lines = issues.map((issue) => `\n  ${issue.path.join('.') || 'the input'}: ${issue.message}`);
  return new CommandFailure(error.message + lines.join(''));
}

function rootCause(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError) return String(cause.errors[0]?.message ?? cause.message);
  return cause instanceof Error ? rootCause(cause) : error.message;
}
