import { MeshError } from '@tulle/mesh/errors';
import type { RolloutEffect } from '@tulle/mesh/rollout/state';
import { reweighted } from '@tulle/mesh/traffic-split';
import type { Prisma } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { Fleet } from '../agents/fleet.ts';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { DeclaredResources } from '../changes/edit.ts';
import type { StoredRollout } from './rollout-store.ts';

/** What became of an effect: in force, or no longer wanted because the rollout has moved on. */
export type EffectResult =
  | { readonly applied: true; readonly revision: number | undefined }
  | { readonly applied: false };

const wantedSchema = z.tuple([z.object({ effect: z.string().nullable() })]);

/** Carries out an effect through the gate, once however often it is asked for. */
export async function applyEffect(
  rollout: StoredRollout,
  effect: RolloutEffect,
  { applyChange, fleet }: { applyChange: ApplyChange; fleet: Fleet },
): Promise<EffectResult> {
  const { id, spec, createdBy, state } = rollout;
  const by = state.outcome?.by;
  try {
    const applied = await applyChange({
      author: by ?? { name: createdBy },
      source: 'rollout',
      reason: effect.why,
      rolloutId: id,
      effectId: effect.id,
      guard: (tx) => refuseOutdated(tx, id, effect),
      edit: (current) => ({
        upserts: [
          reweighted(current.find('TrafficSplit', spec.service), spec.service, knownWeights(current)),
        ],
      }),
    });
    return { applied: true, revision: applied.changed ? applied.revision : undefined };
  } catch (error) {
    if (error instanceof OutdatedEffect) return { applied: false };
    throw error;
  }

  /** A version that is gone and gets nothing need not be named: it must not keep an abort from going through. */
  function knownWeights(current: DeclaredResources) {
    const named = new Set([
      ...fleet.versionsOf(spec.service).map(({ version }) => version),
      ...(current.find('Service', spec.service)?.endpoints ?? []).map(({ version }) => version),
      ...(current.find('TrafficSplit', spec.service)?.weights ?? []).map(({ version }) => version),
    ]);
    return effect.weights.filter(({ version, weight }) => weight > 0 || named.has(version));
  }
}

class OutdatedEffect extends MeshError {
  constructor() {
    super('action_not_allowed', 'The rollout has moved on.');
  }
}

/**
 * Inside the gate's transaction: only the effect that the rollout asks for now may be applied. A runner that has lost
 * its leadership without knowing, or is late after an abort, is stopped here; the row stays locked until the weight is
 * committed, so that nobody decides something else in between.
 */
async function refuseOutdated(
  tx: Prisma.TransactionClient,
  rolloutId: string,
  effect: RolloutEffect,
): Promise<void> {
  const rows = await tx.$queryRaw`
    SELECT state->'effect'->>'id' AS effect FROM rollout WHERE id = ${rolloutId}::uuid FOR SHARE`;
  const wanted = wantedSchema.safeParse(rows);
  if (wanted.data?.[0].effect !== effect.id) throw new OutdatedEffect();
}
