import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf, formatMs, listOf } from '@tulle/mesh/format';

export type Acks = RouterOutputs['changes']['get']['acks'];

export type AckStanding = 'nobody' | 'waiting' | 'rejected' | 'applied';

/** Where a revision stands with its agents; a rejection is said before anything still awaited. */
export function ackStanding(acks: Acks): AckStanding {
  if (acks.rejected.length > 0) return 'rejected';
  if (acks.agents === 0) return 'nobody';
  return acks.acked < acks.agents ? 'waiting' : 'applied';
}

/** `7 of 7 agents after 41 ms`. */
export function ackFigures(acks: Acks): string {
  if (acks.agents === 0) return 'no agents affected';
  const time = acks.lastAckMs === null ? '' : ` after ${formatMs(acks.lastAckMs)}`;
  return `${acks.acked} of ${countOf(acks.agents, 'agent')}${time}`;
}

/** Who is missing and who refused, one sentence each; empty when all have it. */
export function ackTroubles(acks: Acks): string[] {
  const refused = acks.rejected.map(({ instance, reason }) => `${instance} refused it: ${reason}`);
  if (acks.waiting.length === 0) return refused;
  return [...refused, `Still without it: ${listOf(acks.waiting, 5)}.`];
}
