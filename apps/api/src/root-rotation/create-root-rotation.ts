import { MeshError } from '@tulle/mesh/errors';
import {
  abortRotation,
  advanceRotation,
  demandOf,
  holdoutsOf,
  type RotationOutcome,
  type RotationPhase,
  stepAfter,
} from '@tulle/mesh/root-rotation';
import type { Database } from '@tulle/prisma/database';
import type { CertificateAuthority, Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { Notifications } from '../changes/notifications.ts';
import type { Distribution } from '../distribution/create-distribution.ts';
import { makeBridge, makeRoot } from '../identity/authority-making.ts';
import type { Identity } from '../identity/identity.ts';
import type { LiveBus } from '../live/bus.ts';
import type { Person } from '../people/person.ts';
import { readAgentTrust } from './agent-trust.ts';
import { createReissuing } from './reissuing.ts';
import type { TrustReports } from './trust-reports.ts';
import {
  type RootRotations,
  type RootRotationView,
  type RootView,
  type RotationAct,
  type RotationView,
  rotationActSchema,
} from './view.ts';

const channel = 'tulle_roots';

export interface RootRotationDependencies {
  readonly database: Pick<Database, 'prisma' | 'pool'>;
  readonly identity: Identity;
  readonly fleet: FleetRegistry;
  readonly distribution: Pick<Distribution, 'askToRenew'>;
  readonly trustReports: TrustReports;
  readonly notifications: Notifications;
  readonly live: LiveBus;
  readonly logger: Logger;
  readonly now?: () => number;
}

/**
 * The guided rotation of the root. Each transition is one transaction under the lock of the CA: whoever is killed in
 * between finds the mesh in the phase before or after, and everything else follows from the phase.
 */
export async function createRootRotation(
  dependencies: RootRotationDependencies,
): Promise<RootRotations & { stop(): void }> {
  const { database, identity, notifications, live, logger, now = Date.now } = dependencies;
  const { prisma } = database;
  const agents = () => readAgentTrust({ ...dependencies, now: now() });
  const reissuing = createReissuing({ ...dependencies, agents, now });

  const inBackground = () => {
    identity
      .reload()
      .catch((error: unknown) => logger.error({ err: error }, 'could not read the root certificates'));
  };
  const stopListening = await notifications.listen(channel, {
    onPayload: inBackground,
    onReconnect: inBackground,
  });
  const stopTelling = identity.onRoots(() => live.publish({ type: 'certificates' }));

  async function get(): Promise<RootRotationView> {
    const [root] = identity.authorities();
    if (root === undefined) throw new Error('a mesh always has a root');
    const last = await prisma.rootRotation.findFirst({
      where: { endedAt: { not: null } },
      orderBy: { endedAt: 'desc' },
    });
    return {
      root: rootView(root),
      rotation: await present(),
      last: last?.endedAt
        ? { outcome: last.phase as RotationOutcome, endedAt: last.endedAt.getTime(), acts: actsOf(last.acts) }
        : null,
    };
  }

  async function present(): Promise<RotationView | null> {
    const { exchange } = identity;
    if (exchange === undefined) return null;
    const { phase, since } = exchange;
    const [all, row, unusedTokens] = await Promise.all([
      agents(),
      prisma.rootRotation.findFirst({ where: { endedAt: null } }),
      prisma.joinToken.count({
        where: { usedAt: null, revokedAt: null, expiresAt: { gt: new Date(now()) } },
      }),
    ]);
    const holdouts = holdoutsOf({ phase, since }, all, now());
    return {
      phase,
      since,
      newRoot: rootView(exchange.newRoot),
      demand: demandOf(phase),
      next: stepAfter(phase),
      agents: all.length,
      confirmed: all.length - holdouts.length,
      holdouts,
      unusedTokens,
      acts: row === null ? [] : actsOf(row.acts),
    };
  }

  async function start(person: Person, { reason }: { reason: string }): Promise<RootRotationView> {
    const at = new Date(now());
    await identity.changeRoots(async (tx, making) => {
      if ((await tx.rootRotation.findFirst({ where: { endedAt: null } })) !== null) {
        throw new MeshError(
          'action_not_allowed',
          'The root is being rotated already; advance or abort that.',
        );
      }
      const oldRoot = await tx.certificateAuthority.findFirstOrThrow({
        where: { kind: 'root', fingerprint: identity.rootFingerprint },
      });
      const newRoot = await makeRoot(tx, making);
      const bridge = await makeBridge({ oldRoot, newRoot }, making);
      await tx.rootRotation.create({
        data: {
          phase: 'distributing',
          since: at,
          oldFingerprint: oldRoot.fingerprint,
          newFingerprint: newRoot.fingerprint,
          bridge: bridge.pem,
          bridgeNotAfter: bridge.notAfter,
          acts: [actOf(person, { act: 'start', to: 'distributing', reason, without: [], at })],
        },
      });
    });
    return done(person, 'start', 'distributing', reason);
  }

  async function advance(
    person: Person,
    { from, without, reason }: { from: RotationPhase; without: readonly string[]; reason: string },
  ): Promise<RootRotationView> {
    const to = await move(person, { act: 'advance', from, without, reason }, async ({ phase, since }) =>
      advanceRotation({ phase, since }, await agents(), { without, now: now() }),
    );
    return done(person, 'advance', to, reason);
  }

  async function abort(
    person: Person,
    { from, reason }: { from: RotationPhase; reason: string },
  ): Promise<RootRotationView> {
    const to = await move(person, { act: 'abort', from, without: [], reason }, async ({ phase }) =>
      abortRotation(phase),
    );
    return done(person, 'abort', to, reason);
  }

  async function move(
    person: Person,
    {
      act,
      from,
      without,
      reason,
    }: Pick<RotationAct, 'act' | 'reason'> & { from: RotationPhase; without: readonly string[] },
    decide: (state: { phase: RotationPhase; since: number }) => Promise<RotationPhase | RotationOutcome>,
  ): Promise<RotationPhase | RotationOutcome> {
    let to: RotationPhase | RotationOutcome = from;
    await identity.changeRoots(async (tx) => {
      const rotation = await tx.rootRotation.findFirst({ where: { endedAt: null } });
      if (rotation === null) throw new MeshError('action_not_allowed', 'The root is not being rotated now.');
      if (rotation.phase !== from) {
        throw new MeshError(
          'stale_revision',
          `The rotation is ${rotation.phase} by now, not ${from}; look at it again.`,
        );
      }
      to = await decide({ phase: from, since: rotation.since.getTime() });
      const at = new Date(now());
      const acts = [...actsOf(rotation.acts), actOf(person, { act, to, reason, without: [...without], at })];
      const isOver = to === 'retired' || to === 'aborted';
      await tx.rootRotation.update({
        where: { id: rotation.id },
        data: { phase: to, since: at, acts, ...(isOver && { endedAt: at }) },
      });
      if (to === 'retired') await retire(tx, rotation.oldFingerprint, at);
      if (to === 'aborted') await retire(tx, rotation.newFingerprint, at);
    });
    return to;
  }

  /** Other replicas take over what this one did, and it is told to people and in the log. */
  async function done(
    person: Person,
    act: RotationAct['act'],
    to: RotationPhase | RotationOutcome,
    reason: string,
  ): Promise<RootRotationView> {
    await prisma.$executeRaw`SELECT pg_notify(${channel}, '')`;
    logger.warn({ act, to, reason, by: person.name }, 'the root certificate is being rotated');
    return get();
  }

  return {
    get,
    start,
    advance,
    abort,
    stop: () => {
      reissuing.stop();
      stopTelling();
      stopListening();
    },
  };
}

/** Nothing is signed by it again: also its keys, and those of its intermediates, are erased. */
async function retire(tx: Prisma.TransactionClient, rootFingerprint: string, at: Date): Promise<void> {
  await tx.certificateAuthority.updateMany({
    where: { rootFingerprint },
    data: { retiredAt: at, encryptedKey: new Uint8Array() },
  });
}

function actOf(person: Person, { at, ...act }: Omit<RotationAct, 'at' | 'by'> & { at: Date }): RotationAct {
  return { ...act, at: at.getTime(), by: person.name };
}

function actsOf(value: Prisma.JsonValue): RotationAct[] {
  return z.array(rotationActSchema).parse(value);
}

function rootView({ subject, fingerprint, notAfter }: CertificateAuthority): RootView {
  return { subject, fingerprint, notAfter: notAfter.getTime() };
}
