import { MeshError } from '@tulle/mesh/errors';
import { isEffectFrozen } from '@tulle/mesh/rollout/advance';
import type { RolloutEffect } from '@tulle/mesh/rollout/state';
import { reweighted } from '@tulle/mesh/traffic-split';
import type { Prisma } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { Fleet } from '../agents/fleet.ts';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { DeclaredResources } from '../changes/edit.ts';
import type { StoredRollout } from './rollout-store.ts';

/** What became of an effect: in force, or not: no longer wanted as the rollout has moved on, or held up by a freeze. */
export type EffectResult =
  | { readonly applied: true; readonly revision: number | undefined }
  | { readonly applied: false; readonly why: 'outdated' | 'frozen' };

const wantedSchema = z.tuple([z.object({ effect: z.string().nullable() })]);

/** Carries out an effect through the gate, once however often it is asked for. */
export async function applyEffect(
  rollout: StoredRollout,
  effect: RolloutEffect,
  { applyChange, fleet, now }: { applyChange: ApplyChange; fleet: Fleet; now: () => number },
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
      guard: async (tx) => {
        await refuseOutdated(tx, id, effect);
        // Here rather than before: what a killed runner has already applied is in force, freeze or not.
        if (isEffectFrozen(rollout, now())) throw new FrozenEffect();
      },
      edit: (current) => ({
        upserts: [
          reweighted(current.find('TrafficSplit', spec.service), spec.service, knownWeights(current)),
        ],
      }),
    });
    return { applied: true, revision: applied.changed ? applied.revision : undefined };
  } catch (error) {
    if (error instanceof OutdatedEffect) return { applied: false, why: 'outdated' };
    if (error instanceof FrozenEffect) return { applied: false, why: 'frozen' };
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

class FrozenEffect extends MeshError {
  constructor() {
    super('frozen', 'A freeze window is open.');
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
