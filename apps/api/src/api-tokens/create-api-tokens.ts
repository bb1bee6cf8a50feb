import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { MeshError } from '@tulle/mesh/errors';
import { isAtLeast, type Role, roleSchema } from '@tulle/mesh/people';
import type { Database } from '@tulle/prisma/database';
import type { ApiToken, Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import type { Departures } from '../people/departures.ts';
import { may, type Person, refuseTokens } from '../people/person.ts';
import type { ApiTokenRow, ApiTokens } from './view.ts';

const prefix = 'tulle_api_';
const minuteMs = 60_000;
/** What is over is listed a while, so that one sees what became of it. */
const listedMs = 30 * 86_400_000;
const maxListed = 500;
/** For each person: enough for every pipeline, few enough to look through. */
const maxActive = 100;

export interface ApiTokenStore extends ApiTokens {
  /** Whether this bearer token is one of these at all. */
  owns(token: string): boolean;
  /** In whose name it speaks, with the lower of both roles; undefined when it is unknown, over or revoked. */
  personOf(token: string): Promise<Person | undefined>;
}

export function createApiTokens({
  database,
  baseUrl,
  departures,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  baseUrl: string;
  departures: Pick<Departures, 'announce'>;
  logger: Logger;
  now?: () => number;
}): ApiTokenStore {
  const { prisma } = database;

  async function list(person: Person): Promise<readonly ApiTokenRow[]> {
    const at = now();
    const rows = await prisma.apiToken.findMany({
      where: {
        expiresAt: { gt: new Date(at - listedMs) },
        ...(!may(person, 'administer') && { userId: person.id }),
      },
      orderBy: { createdAt: 'desc' },
      take: maxListed,
      include: { user: true },
    });
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      maker: row.user.name,
      makerId: row.userId,
      isOwn: row.userId === person.id,
      role: lowerOf(roleSchema.parse(row.role), roleSchema.parse(row.user.role)),
      createdAt: row.createdAt.getTime(),
      expiresAt: row.expiresAt.getTime(),
      lastUsedAt: row.lastUsedAt?.getTime() ?? null,
      state: stateOf(row, at),
    }));
  }

  async function create(person: Person, { name, role, lifetimeMs }: Parameters<ApiTokens['create']>[1]) {
    refuseTokens(person);
    if (!isAtLeast(person.role, role))
      throw new MeshError('forbidden', `Your role is ${person.role}; a token of yours cannot be ${role}.`, {
        issues: [{ path: ['role'], message: `at most your own, ${person.role}` }],
      });
    const token = `${prefix}${randomBytes(32).toString('base64url')}`;
    const id = randomUUID();
    const at = now();
    const expiresAt = new Date(at + lifetimeMs);
    await prisma.$transaction(async (tx) => {
      await refuseTaken(tx, person, name, at);
      const secretHash = hashOf(token);
      await tx.apiToken.create({ data: { id, secretHash, name, role, userId: person.id, expiresAt } });
    });
    logger.info({ by: person.name, token: name, role, expiresAt }, 'an API token was made');
    departures.announce();
    return { id, token, expiresAt: expiresAt.getTime(), url: baseUrl };
  }

  /** By its name it is known in Changes, so that of each person there is one at a time. */
  async function refuseTaken(tx: Prisma.TransactionClient, person: Person, name: string, at: number) {
    await tx.$queryRaw`SELECT id FROM "user" WHERE id = ${person.id} FOR UPDATE`;
    const active = await tx.apiToken.findMany({
      where: { userId: person.id, revokedAt: null, expiresAt: { gt: new Date(at) } },
      select: { name: true },
    });
    if (active.some((each) => each.name === name))
      throw new MeshError(
        'already_exists',
        `You have a token ${name}; revoke it first, or take another name.`,
        {
          issues: [{ path: ['name'], message: 'this name is taken' }],
        },
      );
    if (active.length >= maxActive)
      throw new MeshError('too_many', `You have ${maxActive} tokens already; revoke those nobody uses.`);
  }

  async function revoke(person: Person, { id }: { id: string }): Promise<void> {
    refuseTokens(person);
    const row = await prisma.apiToken.findUnique({ where: { id }, include: { user: true } });
    const isTheirs = row?.userId === person.id || may(person, 'administer');
    // One answer for both: nobody learns which ids others have.
    if (row === null || !isTheirs) throw new MeshError('not_found', 'There is no such token of yours.');
    await prisma.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date(now()) },
    });
    logger.info({ by: person.name, token: row.name, maker: row.user.name }, 'an API token was revoked');
    departures.announce();
  }

  async function personOf(token: string): Promise<Person | undefined> {
    const secretHash = hashOf(token);
    const row = await prisma.apiToken.findUnique({ where: { secretHash }, include: { user: true } });
    const at = now();
    if (row === null || stateOf(row, at) !== 'active') return undefined;
    if (row.lastUsedAt === null || at - row.lastUsedAt.getTime() >= minuteMs)
      await prisma.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date(at) } });
    const { user } = row;
    return {
      id: user.id,
      name: `${user.name} (token ${row.name})`,
      email: user.email,
      role: lowerOf(roleSchema.parse(row.role), roleSchema.parse(user.role)),
      via: 'cli',
      token: row.name,
    };
  }

  return { list, create, revoke, personOf, owns: (token) => token.startsWith(prefix) };
}

/** 256 random bits need no salt and no slow hash. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function lowerOf(one: Role, other: Role): Role {
  return isAtLeast(one, other) ? other : one;
}

function stateOf({ revokedAt, expiresAt }: ApiToken, now: number): ApiTokenRow['state'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt.getTime() <= now ? 'expired' : 'active';
}
