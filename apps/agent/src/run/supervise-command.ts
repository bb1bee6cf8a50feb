import type { RunOptions } from './run-command.ts';

export async function superviseCommand(options: RunOptions, command: string[]): Promise<number> {
  throw new Error(`not yet: ${options.service} ${command.join(' ')}`);
}
