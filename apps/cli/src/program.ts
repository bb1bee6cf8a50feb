import { Command } from 'commander';
import { report } from './failure.ts';

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Adds arguments, options and the action. Loaded for the subcommand asked for alone. */
  readonly load: () => Promise<{ define(command: Command): void }>;
}

/** Reads the command line and does what it says. */
export async function runProgram(subcommands: readonly Subcommand[]): Promise<void> {
  const program = new Command('tulle')
    .description('A service mesh you can hold in one hand')
    .version('0.1.0')
    // What follows the command of `tulle run` belongs to that command.
    .enablePositionalOptions()
    .showHelpAfterError('(tulle --help lists what there is)');

  const asked = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  const wanted = process.argv[2] === 'help' ? process.argv[3] : asked;
  for (const { name, summary, load } of subcommands) {
    const command = program.command(name).summary(summary).description(summary);
    if (name === wanted) (await load()).define(command);
  }

  try {
    await program.parseAsync();
  } catch (error) {
    report(error);
  }
}
