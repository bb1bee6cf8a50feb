import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { dataDirectoryOf } from '../access.ts';
import { CommandFailure } from '../failure.ts';
import { table } from '../table.ts';
import { demoSocketPath } from './control-server.ts';
import type { PartStatus } from './supervised-part.ts';

const actions = [
  { name: 'break', what: 'Make a part fail and slow down.' },
  { name: 'heal', what: 'Make a part behave again.' },
  { name: 'stop', what: 'Stop a part.' },
  { name: 'start', what: 'Start a part that was stopped.' },
] as const;

interface DemoFlags {
  readonly dataDir?: string;
}

export function define(command: Command): void {
  command.description('Watch and disturb the demo mesh of a server on this machine.');
  withDataDir(command.command('status'))
    .description('Show the parts of the demo.')
    .action((flags: DemoFlags) => show(flags, 'status', ''));
  for (const { name, what } of actions) {
    withDataDir(command.command(name))
      .description(what)
      .argument('<part>', 'such as catalogue-v3, or all')
      .action((part: string, flags: DemoFlags) => show(flags, name, part));
  }
}

function withDataDir(command: Command): Command {
  return command.option('--data-dir <directory>', "the server's data directory (TULLE_DATA_DIR)");
}

async function show(flags: DemoFlags, action: string, part: string): Promise<void> {
  const dataDir = dataDirectoryOf(flags, process.env);
  const parts = await ask(dataDir, action, part);
  process.stdout.write(
    table([
      ['PART', 'STATE', 'BEHAVES', 'PROCESS', 'RESTARTS'],
      ...parts.map((one) => [
        one.name,
        one.state,
        one.broken ? 'badly' : 'well',
        String(one.pid ?? ''),
        String(one.restarts),
      ]),
    ]),
  );
}

async function ask(dataDir: string, action: string, part: string): Promise<readonly PartStatus[]> {
  const socketPath = await demoSocketPath(dataDir);
  const query = new URLSearchParams({ action, part });
  const answer = await new Promise<string>((resolve, reject) => {
    request({ socketPath, path: `/?${query}`, method: 'POST' }, (response) => resolve(text(response)))
      .on('error', () =>
        reject(new CommandFailure(`No demo runs on ${dataDir}; start one with \`npm start\`.`)),
      )
      .end();
  });
  const { parts, error }: { parts?: PartStatus[]; error?: string } = JSON.parse(answer);
  if (parts === undefined) throw new CommandFailure(error ?? 'The demo did not answer.');
  return parts;
}
