import { resourceKinds } from '@tulle/mesh/resource';
import type { Command } from 'commander';
import { type AccessFlags, addAccessOptions } from '../access.ts';
import { withApi } from '../api-client.ts';
import { kindNamed } from './kind-named.ts';

interface DeleteFlags extends AccessFlags {
  readonly reason: string;
}

export function define(command: Command): void {
  addAccessOptions(command)
    .description('Delete one resource; it can be restored from Changes on the dashboard.')
    .argument('<kind>', `one of ${resourceKinds.join(', ')}`)
    .argument('<service>', 'the service it is about; "*" for the default of access')
    .option('-m, --reason <text>', 'why, for the history', '')
    .action((word: string, service: string, { reason, ...flags }: DeleteFlags) => {
      const kind = kindNamed(word);
      return withApi(flags, async (api) => {
        const { revision } = await api.resources.delete.mutate({ kind, service, reason });
        process.stdout.write(`${kind}/${service} is deleted as revision ${revision}.\n`);
      });
    });
}
