import { z } from 'zod';
import { durationMs, listenPort, meshFields } from '../lifecycle/options.ts';

/** Options of `tulle run`: as of `tulle agent`, but every port is any free one, kept across restarts. */
export const runOptionsSchema = z.object({
  ...meshFields,
  outboundPort: listenPort.default(0).describe('HTTP proxy port for the command; 0 takes a free one'),
  inboundPort: listenPort.default(0).describe('Mesh port other agents call; 0 takes a free one'),
  adminPort: listenPort.default(0).describe('Port for /healthz, /readyz, /metrics and /config on loopback'),
  readyTimeoutMs: durationMs
    .default(5_000)
    .describe('How long the command waits for its agent to be ready before it starts all the same'),
});
export type RunOptions = z.infer<typeof runOptionsSchema>;

/** Runs `command` beside its agent; resolves with the command's exit code (128+n when signal n ended it). */
export async function runRunCommand(options: RunOptions, command: string[]): Promise<number> {
  const { superviseCommand } = await import('./supervise-command.ts');
  return await superviseCommand(options, command);
}
