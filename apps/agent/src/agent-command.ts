import { z } from 'zod';
import { listenPort, meshFields } from './lifecycle/options.ts';

/** Options of `tulle agent`: with `config` the standalone agent from a file, otherwise an agent of the API. */
export const agentOptionsSchema = z.object({
  ...meshFields,
  config: z.string().min(1).optional().describe('Run from this file, without an API'),
  outboundPort: listenPort.default(4140).describe('HTTP proxy port for the service; 0 takes a free one'),
  inboundPort: listenPort.default(4143).describe('Mesh port other agents call; 0 takes a free one'),
  adminPort: listenPort
    .default(4191)
    .describe('Port for /healthz, /readyz, /metrics and /config on loopback'),
});
export type AgentOptions = z.infer<typeof agentOptionsSchema>;

/** Runs until SIGTERM or SIGINT; resolves with the exit code. Mistakes are a sentence on stderr and code 1. */
export async function runAgentCommand(options: AgentOptions): Promise<number> {
  const { runAgent } = await import('./lifecycle/run-agent.ts');
  return await runAgent(options);
}
