import { randomUUID } from 'node:crypto';
import { MeshError } from '@tulle/mesh/errors';
import { formatPercent, listOf } from '@tulle/mesh/format';
import { start } from '@tulle/mesh/rollout/advance';
import type { RolloutSpec } from '@tulle/mesh/rollout/spec';
import type { RolloutEvent } from '@tulle/mesh/rollout/state';
import type { Database } from '@tulle/prisma/database';
import type { Prisma } from '@tulle/prisma/generated/client';
import type { Fleet } from '../agents/fleet.ts';
import { advisoryLocks } from '../changes/advisory-locks.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { type DeclaredResources, declaredResources } from '../changes/edit.ts';
import { readDeclared } from '../changes/read-declared.ts';
import type { Person } from '../people/person.ts';
import { activeRollouts } from './active-rollouts.ts';
import { eventData, notifyRollout } from './rollout-store.ts';

export interface CreateDependencies {
  readonly database: Pick<Database, 'prisma'>;
  readonly configStore: ConfigStore;
  readonly fleet: Fleet;
  readonly now: () => number;
}

/**
 * Checks what a rollout starts from and stores it with its first transition. Under the gate's lock, so that no edit by
 * hand of the same split slips in between the check and the moment from which the rollout owns it.
 */
export function createRollout(
  person: Person,
  spec: RolloutSpec,
  { database, configStore, fleet, now }: CreateDependencies,
): Promise<{ id: string }> {
  return database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.change}::bigint)`;
    const { resources } = await readDeclared(tx, configStore);
    const declared = declaredResources(resources);
    const running = runningVersions(spec.service, declared, fleet);
    refuseUnknown(spec, declared, running);
    await refuseSecond(tx, spec);
    refuseThirdVersion(spec, declared, running);

    const id = randomUUID();
    const { state, events } = start(id, spec, now());
    await tx.rollout.create({
      data: {
        id,
        service: spec.service,
        spec,
        state,
        phase: state.phase,
        transition: state.transition,
        createdBy: person.name,
        createdAt: new Date(now()),
        events: { create: events.map((event) => eventData(startedBy(event, person, spec), undefined)) },
      },
    });
    await notifyRollout(tx, id);
    return { id };
  });
}

function runningVersions(service: string, declared: DeclaredResources, fleet: Fleet): string[] {
  const versions = new Set([
    ...fleet.versionsOf(service).map(({ version }) => version),
    ...(declared.find('Service', service)?.endpoints ?? []).map(({ version }) => version),
  ]);
  return [...versions].sort();
}

function refuseUnknown(spec: RolloutSpec, declared: DeclaredResources, running: readonly string[]): void {
  const { service } = spec;
  if (running.length === 0) {
    const isDeclared = declared.find('Service', service) !== undefined;
    throw isDeclared
      ? new MeshError(
          'unknown_version',
          `${service} has no running instance; start one of each version first.`,
        )
      : new MeshError('unknown_service', `The mesh has no service ${service}.`);
  }
  for (const role of ['stable', 'candidate'] as const) {
    if (running.includes(spec[role])) continue;
    throw new MeshError(
      'unknown_version',
      `${service} has no running instance of ${spec[role]}; running are ${listOf(running, 10)}.`,
      { issues: [{ path: [role], message: `no instance of ${spec[role]} is running` }] },
    );
  }
}

async function refuseSecond(tx: Prisma.TransactionClient, spec: RolloutSpec): Promise<void> {
  const owner = (await activeRollouts(tx, [spec.service])).get(spec.service);
  if (owner === undefined) return;
  throw new MeshError(
    'rollout_active',
    `${owner.createdBy} has a rollout of ${spec.service} running; wait until it ends, or abort it.`,
    { details: { rolloutId: owner.id } },
  );
}

/**
 * A rollout divides all traffic between two versions, so a third that gets some now would lose it unasked. How much
 * the candidate has already does not matter: the first weight says what it gets.
 */
function refuseThirdVersion(
  spec: RolloutSpec,
  declared: DeclaredResources,
  running: readonly string[],
): void {
  const { service, stable, candidate } = spec;
  const split = declared.find('TrafficSplit', service);
  const isOther = (version: string) => version !== stable && version !== candidate;
  const named = split?.weights.find(({ version, weight }) => weight > 0 && isOther(version));
  if (named !== undefined) {
    throw new MeshError(
      'action_not_allowed',
      `${named.version} gets ${formatPercent(named.weight)} of ${service} now, and a rollout divides all traffic between ${stable} and ${candidate}; set ${named.version} to 0 first.`,
      { issues: [{ path: ['stable'], message: `${named.version} has traffic too` }] },
    );
  }
  const unnamed = split ? undefined : running.find(isOther);
  if (unnamed !== undefined) {
    throw new MeshError(
      'action_not_allowed',
      `${service} has no split, so ${listOf(running, 10)} all get traffic, and a rollout divides it between ${stable} and ${candidate} only; set a split first.`,
      { issues: [{ path: ['stable'], message: `${unnamed} has traffic too` }] },
    );
  }
}

/** The machine knows no people at the start; the timeline says who it was. */
function startedBy(event: RolloutEvent, { id, name }: Person, spec: RolloutSpec): RolloutEvent {
  if (event.type !== 'started') return event;
  return {
    ...event,
    actor: { id, name },
    text: `started the rollout from ${spec.stable} to ${spec.candidate}`,
  };
}
