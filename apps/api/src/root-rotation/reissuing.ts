import { type AgentTrust, signingRoot } from '@tulle/mesh/root-rotation';
import type { Logger } from 'pino';
import type { Distribution } from '../distribution/create-distribution.ts';
import type { Identity } from '../identity/identity.ts';

const roundMs = 1_000;
/** All agents are asked within about this many rounds, so that they do not renew at once. */
const spreadRounds = 30;
/** A renewal takes a moment; who has not renewed by then is asked again. */
const askAgainMs = 30_000;

/** Has agents renew whose certificate is not of the root that signs, a few at a time, until there are none. */
export function createReissuing({
  identity,
  distribution,
  agents,
  logger,
  now,
}: {
  identity: Identity;
  distribution: Pick<Distribution, 'askToRenew'>;
  agents: () => Promise<AgentTrust[]>;
  logger: Logger;
  now: () => number;
}): { stop(): void } {
  const asked = new Map<string, number>();
  let running = false;

  async function round(): Promise<void> {
    const { exchange } = identity;
    if (exchange === undefined || exchange.phase === 'distributing') return asked.clear();
    const all = await agents();
    const due = all.filter(
      (agent) => mustRenew(agent) && now() - (asked.get(agent.agentId) ?? 0) >= askAgainMs,
    );
    for (const { agentId } of due.slice(0, Math.ceil(all.length / spreadRounds))) {
      asked.set(agentId, now());
      distribution.askToRenew(agentId);
    }
  }

  /** One that does not trust both roots yet is told to first. */
  function mustRenew({ connected, issued, reported }: AgentTrust): boolean {
    const { exchange } = identity;
    if (exchange === undefined || !connected || reported === undefined) return false;
    const signing = signingRoot(exchange.phase);
    return reported.roots.length === 2 && (issued !== signing || reported.leaf !== signing);
  }

  const timer = setInterval(() => {
    if (running) return;
    running = true;
    round()
      .catch((error: unknown) => logger.warn({ err: error }, 'could not ask agents to renew'))
      .finally(() => {
        running = false;
      });
  }, roundMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
