import { type RolloutPhase, rolloutPhaseSchema, rolloutPhases } from '@tulle/mesh/rollout/spec';
import { isFinal } from '@tulle/mesh/rollout/state';
import type { PrismaClient } from '@tulle/prisma/generated/client';

export interface ActiveRollout {
  readonly id: string;
  readonly service: string;
  readonly phase: RolloutPhase;
  readonly createdBy: string;
}

export const finalPhases = rolloutPhases.filter(isFinal);

/** Rollouts that own the split of their service, by service: at most one each. */
export async function activeRollouts(
  prisma: Pick<PrismaClient, 'rollout'>,
  services?: readonly string[],
): Promise<ReadonlyMap<string, ActiveRollout>> {
  if (services?.length === 0) return new Map();
  const rows = await prisma.rollout.findMany({
    where: { phase: { notIn: finalPhases }, ...(services && { service: { in: [...services] } }) },
    select: { id: true, service: true, phase: true, createdBy: true },
  });
  return new Map(rows.map((row) => [row.service, { ...row, phase: rolloutPhaseSchema.parse(row.phase) }]));
}
