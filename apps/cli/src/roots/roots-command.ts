import type { Command } from 'commander';
import { type AccessFlags, addAccessOptions } from '../access.ts';
import { type ApiClient, withApi } from '../api-client.ts';
import { CommandFailure } from '../failure.ts';
import { type RootRotation, rotationText } from './rotation-text.ts';

interface ActFlags extends AccessFlags {
  readonly reason: string;
  readonly without?: string;
}

export function define(command: Command): void {
  command.description('Show the root certificate, and exchange it for a new one without losing a request.');
  addAccessOptions(command.command('get', { isDefault: true }))
    .description('Show the root in force, and who holds up its rotation.')
    .action((flags: AccessFlags) => withApi(flags, async (api) => show(await api.rootRotation.get.query())));
  addAct(command, 'rotate', 'Make a second root, which agents trust beside the first from then on.').action(
    ({ reason, ...flags }: ActFlags) =>
      withApi(flags, async (api) => show(await api.rootRotation.start.mutate({ reason }))),
  );
  addAct(command, 'advance', 'Take the next step; refused while an agent has not confirmed the last one.')
    .option('--without <instances>', 'leave these behind, by commas; they may have to join again')
    .action(({ reason, without = '', ...flags }: ActFlags) =>
      withApi(flags, async (api) => {
        const from = await phaseNow(api);
        const named = without.split(',').filter((instance) => instance !== '');
        show(await api.rootRotation.advance.mutate({ from, reason, without: named }));
      }),
    );
  addAct(command, 'abort', 'Go back to the first root.').action(({ reason, ...flags }: ActFlags) =>
    withApi(flags, async (api) => {
      const from = await phaseNow(api);
      show(await api.rootRotation.abort.mutate({ from, reason }));
    }),
  );
}

function addAct(command: Command, name: string, description: string): Command {
  return addAccessOptions(command.command(name))
    .description(description)
    .option('-m, --reason <text>', 'why, for the record', '');
}

async function phaseNow(api: ApiClient) {
  const { rotation } = await api.rootRotation.get.query();
  if (rotation !== null) return rotation.phase;
  throw new CommandFailure('The root is not being rotated now; `tulle roots rotate` begins.');
}

function show(rotation: RootRotation): void {
  process.stdout.write(rotationText(rotation, Date.now()));
}
