import { formatDuration, formatRelative } from '@tulle/mesh/format';
import type { Command } from 'commander';
import { type AccessFlags, addAccessOptions } from '../access.ts';
import { withApi } from '../api-client.ts';
import { CommandFailure } from '../failure.ts';
import { table } from '../table.ts';

interface CreateFlags extends AccessFlags {
  readonly minutes: string;
}

export function define(command: Command): void {
  command.description('Manage the single-use tokens with which instances join the mesh.');
  addAccessOptions(command.command('create'))
    .description('Make a token for one instance of a service; it is shown once.')
    .argument('<service>', 'the service that the instance stands for')
    .option('--minutes <count>', 'how long it is good for', '15')
    .action((service: string, flags: CreateFlags) =>
      withApi(flags, async (api) => {
        const lifetimeMs = minutes(flags.minutes);
        const created = await api.joinTokens.create.mutate({ service, lifetimeMs });
        process.stderr.write(
          `Valid once, for ${formatDuration(lifetimeMs)}; agents join at ${created.apiAddress}\n`,
        );
        process.stdout.write(`${created.token}\n`);
      }),
    );
  addAccessOptions(command.command('list'))
    .description('Show the tokens and what became of them.')
    .action((flags: AccessFlags) =>
      withApi(flags, async (api) => {
        const tokens = await api.joinTokens.list.query();
        const rows = tokens.map((token) => [
          token.id,
          token.service,
          token.state,
          token.createdBy,
          formatRelative(token.expiresAt, Date.now()),
          token.usedBy ?? '',
        ]);
        const heading = ['ID', 'SERVICE', 'STATE', 'CREATED BY', 'EXPIRES', 'USED BY'];
        process.stdout.write(rows.length === 0 ? 'There are no join tokens.\n' : table([heading, ...rows]));
      }),
    );
  addAccessOptions(command.command('revoke'))
    .description('Revoke an unused token.')
    .argument('<id>', 'as `tulle token list` shows it')
    .action((id: string, flags: AccessFlags) =>
      withApi(flags, async (api) => {
        await api.joinTokens.revoke.mutate({ id });
        process.stdout.write(`Token ${id} is revoked.\n`);
      }),
    );
}

function minutes(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1440)
    throw new CommandFailure('--minutes is a whole number from 1 to 1440.');
  return count * 60_000;
}
