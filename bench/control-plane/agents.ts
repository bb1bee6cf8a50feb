/** The agents of bench/control-plane.ts, in a process of their own: each its own mTLS WebSocket, ACKs at once. */
import { join, SimulatedAgent } from '@tulle/api/agent-listener/simulated-agent';
import { z } from 'zod';

const taskSchema = z.object({
  port: z.int(),
  agents: z.array(
    z.object({ token: z.string(), service: z.string(), instance: z.string(), services: z.array(z.string()) }),
  ),
});

process.once('message', (message) => {
  start(taskSchema.parse(message)).then(
    () => process.send?.('ready'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function start({ port, agents }: z.infer<typeof taskSchema>): Promise<void> {
  for (const { token, service, instance, services } of agents) {
    const identity = await join(port, { token, service, version: 'v1', instance });
    const agent = await SimulatedAgent.of(port, identity);
    await agent.hello({ instance, version: 'v1', inbound: { host: '127.0.0.1', port: 9_000 } });
    agent.follow({ services, held: {} });
  }
}
