import { Command } from 'commander';
import { CommandFailure, report } from './failure.ts';

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
    .showHelpAfterError('(see tulle --help)');
  goOnWithoutReader();

  const asked = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  const wanted = process.argv[2] === 'help' ? process.argv[3] : asked;
  for (const { name, summary, load } of subcommands) {
    const command = program
      .command(name)
      .summary(summary)
      .description(summary)
      .showHelpAfterError(`(tulle ${name} --help lists what it takes)`);
    if (name === wanted) (await load()).define(command);
  }

  try {
    await program.parseAsync();
  } catch (error) {
    report(error);
  }
}

/**
 * `tulle get | head -1` closes the pipe before everything is written: that is no failure, and a server whose
 * terminal is gone has more to do than to talk. Other failures to write are.
 */
function goOnWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') report(new CommandFailure(`The output cannot be written (${error.code}).`));
    });
}
