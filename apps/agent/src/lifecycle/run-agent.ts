import type { AgentOptions } from '../agent-command.ts';

export async function runAgent(options: AgentOptions): Promise<number> {
  throw new Error(`not yet: ${options.service}`);
}
