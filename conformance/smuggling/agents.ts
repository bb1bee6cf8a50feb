import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { startAgent, startInboundAgent } from '../../bench/proxies/agent.ts';
import type { Workbench } from '../../bench/workbench.ts';

/** An agent that routes by the host of each request, before a server or before the agent of one. Resolves with its port. */
export async function startRoutingAgent(
  bench: Workbench,
  program: string,
  { upstream, isPair }: { upstream: number; isPair: boolean },
): Promise<number> {
  const port = await reservedPort();
  const origin = { port: upstream, protocol: 'http' } as const;
  const inbound = isPair ? await startInboundAgent(bench, program, origin) : undefined;
  const agent = startAgent(bench, program, 'agent', {
    service: 'caller',
    outbound: port,
    web: { port: inbound?.port ?? upstream, protocol: 'http', tls: isPair },
    ...(isPair ? { identity: bench.certificateFiles('caller') } : {}),
  });
  await agent.accepting(port);
  return port;
}
