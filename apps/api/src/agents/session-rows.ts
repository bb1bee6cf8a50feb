import type { HelloInput } from '@tulle/mesh/agent-protocol';
import type { Agent, PrismaClient } from '@tulle/prisma/generated/client';

export const agentChannel = 'tulle_agent';

/** Writes down who is connected to this replica, and tells the others. */
export function createSessionRows({ prisma, replica }: { prisma: PrismaClient; replica: string }) {
  const turns = new Map<string, Promise<unknown>>();

  /** In order for each agent: the end of its older connection must not be written after the start of the newer. */
  function inTurn<T>(agentId: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(agentId) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(agentId, mine);
    const forget = () => {
      if (turns.get(agentId) === mine) turns.delete(agentId);
    };
    mine.then(forget, forget);
    return mine;
  }

  async function tellOthers(agentId: string): Promise<void> {
    await prisma.$executeRaw`SELECT pg_notify(${agentChannel}, ${`${replica} ${agentId}`})`;
  }

  function connected(agentId: string, hello: HelloInput, at: number): Promise<Agent> {
    return inTurn(agentId, async () => {
      const row = await prisma.agent.update({
        where: { id: agentId },
        data: {
          connected: true,
          replica,
          version: hello.version,
          agentVersion: hello.agentVersion,
          host: hello.host,
          inboundHost: hello.inbound?.host ?? null,
          inboundPort: hello.inbound?.port ?? null,
          zone: hello.zone ?? '',
          pid: hello.pid,
          startedAt: new Date(hello.startedAt),
          lastSeenAt: new Date(at),
          leftAt: null,
        },
      });
      await tellOthers(agentId);
      return row;
    });
  }

  /** Leaves the row alone when the agent is connected to another replica by now. */
  function disconnected(agentId: string, { at, goodbye }: { at: number; goodbye: boolean }): Promise<void> {
    return inTurn(agentId, async () => {
      const { count } = await prisma.agent.updateMany({
        where: { id: agentId, replica },
        data: { connected: false, lastSeenAt: new Date(at), leftAt: goodbye ? new Date(at) : null },
      });
      if (count > 0) await tellOthers(agentId);
    });
  }

  return { connected, disconnected, tellOthers };
}
