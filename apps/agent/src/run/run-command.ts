import * as z from 'zod/mini';
import { durationMs, listenPort, meshFields, setting } from '../lifecycle/options.ts';

/** Options of `tulle run`: as of `tulle agent`, but every port is any free one, kept across restarts. */
export const runOptionsSchema = z.object({
  ...meshFields,
  outboundPort: setting('HTTP proxy port for the command; 0 takes a free one', z._default(listenPort, 0)),
  inboundPort: setting('Mesh port other agents call; 0 takes a free one', z._default(listenPort, 0)),
  adminPort: setting(
    'Port for /healthz, /readyz, /metrics, /endpoints and /config on loopback',
    z._default(listenPort, 0),
  ),
  readyTimeoutMs: setting(
    'How long the command waits for its agent to be ready before it starts all the same',
    z._default(durationMs, 5_000),
  ),
});
export type RunOptions = z.infer<typeof runOptionsSchema>;

/** Runs `command` beside its agent; resolves with the command's exit code (128+n when signal n ended it). */
export async function runRunCommand(options: RunOptions, command: string[]): Promise<number> {
  const { superviseCommand } = await import('./supervise-command.ts');
  return await superviseCommand(options, command);
}
