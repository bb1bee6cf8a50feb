import type { PrismaClient } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { AckSummary } from './view.ts';

export const noAcks: AckSummary = { agents: 0, acked: 0, rejected: [], waiting: [], lastAckMs: null };

const rowsSchema = z.array(
  z.object({
    revision: z.int(),
    agents: z.int(),
    acked: z.int(),
    lastAckMs: z.number().nullable(),
    rejected: z.array(z.object({ instance: z.string(), reason: z.string() })),
    waiting: z.array(z.string()),
  }),
);

/** What the agents said to each of these revisions, in one query. */
export async function acksByRevision(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  revisions: readonly number[],
): Promise<ReadonlyMap<number, AckSummary>> {
  if (revisions.length === 0) return new Map();
  const rows = await prisma.$queryRaw`
    SELECT ack.revision,
           count(*)::int AS agents,
           count(*) FILTER (WHERE ack.state = 'acked')::int AS acked,
           max(ack."latencyMs") FILTER (WHERE ack.state = 'acked') AS "lastAckMs",
           coalesce(jsonb_agg(jsonb_build_object('instance', agent.instance, 'reason', coalesce(ack.reason, ''))
                              ORDER BY agent.instance) FILTER (WHERE ack.state = 'rejected'), '[]') AS rejected,
           coalesce(jsonb_agg(agent.instance ORDER BY agent.instance)
                    FILTER (WHERE ack.state NOT IN ('acked', 'rejected')), '[]') AS waiting
    FROM change_ack AS ack JOIN agent ON agent.id = ack."agentId"
    WHERE ack.revision = ANY(${[...revisions]}::int[])
    GROUP BY ack.revision`;
  return new Map(rowsSchema.parse(rows).map(({ revision, ...summary }) => [revision, summary]));
}
