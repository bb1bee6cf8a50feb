import * as z from 'zod/mini';
import { gatewayFields } from './gateway/gateway-options.ts';
import { durationMs, listenPort, meshFields, setting, wholeNumber } from './lifecycle/options.ts';

/** Options of `tulle agent`: with `config` the standalone agent from a file, otherwise an agent of the API. */
export const agentOptionsSchema = z.object({
  ...meshFields,
  ...gatewayFields,
  config: setting('Run from this file, without an API', z.optional(z.string().check(z.minLength(1)))),
  workers: setting(
    'How many processes share the ports and carry the traffic; one more watches over them',
    z.optional(wholeNumber(z.int('a whole number').check(z.minimum(1), z.maximum(256)))),
  ),
  workerTimeoutMs: setting(
    'How long a worker may say nothing before it is killed and another started, at least 2000; 0 for ever',
    z._default(
      durationMs.check(z.refine((ms) => ms === 0 || ms >= 2_000, 'at least 2000, or 0 for ever')),
      30_000,
    ),
  ),
  pidFile: setting(
    'Where the id of the process is written; a successor of SIGUSR1 writes its own there',
    z.optional(z.string().check(z.minLength(1))),
  ),
  outboundPort: setting('HTTP proxy port for the service; 0 takes a free one', z._default(listenPort, 4140)),
  inboundPort: setting('Mesh port other agents call; 0 takes a free one', z._default(listenPort, 4143)),
  adminPort: setting(
    'Port for /healthz, /readyz, /metrics, /endpoints and /config on loopback',
    z._default(listenPort, 4191),
  ),
});
export type AgentOptions = z.infer<typeof agentOptionsSchema>;

/** Runs until SIGTERM or SIGINT; resolves with the exit code. Mistakes are a sentence on stderr and code 1. */
export async function runAgentCommand(options: AgentOptions): Promise<number> {
  const { runAgent } = await import('./lifecycle/run-agent.ts');
  return await runAgent(options);
}
