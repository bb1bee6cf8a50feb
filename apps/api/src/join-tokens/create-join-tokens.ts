import { MeshError } from '@tulle/mesh/errors';
import { formatDuration, formatRelative } from '@tulle/mesh/format';
import type { Database } from '@tulle/prisma/database';
import type { JoinToken, Prisma } from '@tulle/prisma/generated/client';
import type { Identity } from '../identity/identity.ts';
import type { LiveBus } from '../live/bus.ts';
import { hashSecret, newTokenParts, parseToken, secretFits, tokenText } from './token-text.ts';
import type { JoinTokenRow, JoinTokens } from './view.ts';

const listedMs = 7 * 86_400_000;
const maxListed = 500;
/** Enough for every deployment, few enough that a runaway script does not fill the table. */
const maxUnused = 10_000;

const makeANewOne = 'Make a new one under Agents, or with `tulle token create`.';

/** A token that was found good, but not used up yet. */
export interface CheckedToken {
  readonly id: string;
  readonly service: string;
  /** The agent that has it already, and asks again since the answer was lost; undefined while it is unused. */
  readonly agentId: string | undefined;
}

export interface JoinTokenStore extends JoinTokens {
  /**
   * Throws a MeshError that says what is wrong with it and what to do. Uses nothing up. Of a used one, `isHolder` says
   * whether it is the agent that used it that asks.
   */
  check(
    text: string,
    service: string,
    isHolder?: (agentId: string) => Promise<boolean>,
  ): Promise<CheckedToken>;
  /**
   * Uses the token up, inside the transaction that makes the certificate: of many at once exactly one succeeds. For the
   * agent that has used it, it is not used anew.
   */
  use(tx: Prisma.TransactionClient, token: CheckedToken, agentId: string): Promise<void>;
}

export function createJoinTokens({
  database,
  identity,
  apiAddress,
  live,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  identity: Pick<Identity, 'rootFingerprint'>;
  /** `host:port` of the agents' listener. */
  apiAddress: () => string;
  live: LiveBus;
  now?: () => number;
}): JoinTokenStore {
  const { prisma } = database;

  async function create(
    person: { readonly name: string },
    { service, lifetimeMs }: { service: string; lifetimeMs: number },
  ) {
    const at = new Date(now());
    const unused = await prisma.joinToken.count({
      where: { usedAt: null, revokedAt: null, expiresAt: { gt: at } },
    });
    if (unused >= maxUnused) {
      throw new MeshError(
        'too_many',
        `There are ${maxUnused} unused join tokens already; revoke some, or wait until they expire.`,
      );
    }
    const parts = newTokenParts(identity.rootFingerprint);
    const expiresAt = new Date(at.getTime() + lifetimeMs);
    await prisma.joinToken.create({
      data: {
        id: parts.id,
        secretHash: hashSecret(parts.secret),
        service,
        createdBy: person.name,
        createdAt: at,
        expiresAt,
      },
    });
    live.publish({ type: 'join-tokens' });
    return {
      id: parts.id,
      token: tokenText(parts),
      expiresAt: expiresAt.getTime(),
      apiAddress: apiAddress(),
    };
  }

  async function list(): Promise<readonly JoinTokenRow[]> {
    const rows = await prisma.joinToken.findMany({
      where: { createdAt: { gt: new Date(now() - listedMs) } },
      orderBy: { createdAt: 'desc' },
      take: maxListed,
      include: { agent: { select: { instance: true } } },
    });
    return rows.map((row) => ({
      id: row.id,
      service: row.service,
      createdBy: row.createdBy,
      createdAt: row.createdAt.getTime(),
      expiresAt: row.expiresAt.getTime(),
      state: stateOf(row, now()),
      usedBy: row.agent?.instance ?? null,
    }));
  }

  async function revoke(_person: unknown, { id }: { id: string }): Promise<void> {
    const { count } = await prisma.joinToken.updateMany({
      where: { id, usedAt: null, revokedAt: null },
      data: { revokedAt: new Date(now()) },
    });
    live.publish({ type: 'join-tokens' });
    if (count > 0) return;
    const row = await prisma.joinToken.findUnique({ where: { id } });
    if (row === null) throw new MeshError('not_found', `There is no join token ${id}.`);
    if (row.usedAt !== null) {
      throw new MeshError(
        'used_token',
        'This join token was used already; revoke the instance that joined with it instead.',
      );
    }
  }

  async function check(
    text: string,
    service: string,
    isHolder: (agentId: string) => Promise<boolean> = async () => false,
  ): Promise<CheckedToken> {
    const parts = parseToken(text);
    if (parts === undefined) {
      throw new MeshError(
        'invalid_token',
        `This is not a join token; it starts with tulle1_ and has no spaces. ${makeANewOne}`,
      );
    }
    if (parts.rootFingerprint !== identity.rootFingerprint) {
      throw new MeshError('invalid_token', `This join token is of another mesh. ${makeANewOne}`);
    }
    const row = await prisma.joinToken.findUnique({ where: { id: parts.id } });
    // One answer for an unknown id and a wrong secret: nobody learns which ids exist.
    if (row === null || !secretFits(parts.secret, row.secretHash)) {
      throw new MeshError('invalid_token', `This join token is not known here. ${makeANewOne}`);
    }
    const { id, agentId } = row;
    const isHeld = agentId !== null && row.expiresAt.getTime() > now() && (await isHolder(agentId));
    if (!isHeld) refuseUnlessUnused(row);
    if (row.service !== service) {
      throw new MeshError(
        'invalid_token',
        `This join token is for the service ${row.service}, not for ${service}. ${makeANewOne}`,
      );
    }
    return { id, service, agentId: isHeld ? agentId : undefined };
  }

  function refuseUnlessUnused(row: JoinToken): void {
    const state = stateOf(row, now());
    if (state === 'used') {
      throw new MeshError(
        'used_token',
        `This join token was used already, ${formatRelative(row.usedAt?.getTime() ?? 0, now())}; each works once. ${makeANewOne}`,
      );
    }
    if (state === 'revoked') throw new MeshError('revoked', `This join token was revoked. ${makeANewOne}`);
    if (state === 'expired') {
      const age = formatDuration(now() - row.expiresAt.getTime());
      throw new MeshError('expired_token', `This join token expired ${age} ago. ${makeANewOne}`);
    }
  }

  async function use(tx: Prisma.TransactionClient, token: CheckedToken, agentId: string): Promise<void> {
    if (token.agentId === agentId) return;
    const at = new Date(now());
    const { count } = await tx.joinToken.updateMany({
      where: { id: token.id, usedAt: null, revokedAt: null, expiresAt: { gt: at } },
      data: { usedAt: at, agentId },
    });
    if (count === 1) return;
    refuseUnlessUnused(await tx.joinToken.findUniqueOrThrow({ where: { id: token.id } }));
    throw new MeshError('invalid_token', `This join token cannot be used any more. ${makeANewOne}`);
  }

  return { create, list, revoke, check, use };
}

function stateOf(row: JoinToken, now: number): JoinTokenRow['state'] {
  if (row.usedAt !== null) return 'used';
  if (row.revokedAt !== null) return 'revoked';
  return row.expiresAt.getTime() <= now ? 'expired' : 'unused';
}
