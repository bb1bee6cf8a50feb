import { randomUUID } from 'node:crypto';
import { MeshError } from '@tulle/mesh/errors';
import { obstacleTo, type PersonAction, type PersonState, roleSchema } from '@tulle/mesh/people';
import type { Database } from '@tulle/prisma/database';
import { Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import type { Departures } from './departures.ts';
import { operatorEmail } from './operator.ts';
import { createPasswordToken, openPasswordTokens } from './password-link.ts';
import { type Person, refuseTokens } from './person.ts';
import type { Directory, PasswordLink, PersonRow } from './view.ts';

const withAccounts = { accounts: { select: { password: true } } } as const;
type UserRow = Prisma.UserGetPayload<{ include: typeof withAccounts }>;

export function createDirectory({
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
}): Directory {
  const { prisma } = database;

  async function list(): Promise<readonly PersonRow[]> {
    const [users, links] = await Promise.all([
      prisma.user.findMany({ include: withAccounts, orderBy: { createdAt: 'asc' } }),
      openPasswordTokens(prisma, now()),
    ]);
    return users.map((user) => ({
      id: user.id,
      ...standingOf(user),
      email: user.email,
      lastSeenAt: user.lastSeenAt?.getTime() ?? null,
      linkExpiresAt: links.get(user.id) ?? null,
    }));
  }

  async function invite(by: Person, { name, email, role }: Parameters<Directory['invite']>[1]) {
    refuseTokens(by);
    const id = randomUUID();
    try {
      const link = await prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { id, name, email, role } });
        return newLink(tx, id);
      });
      logger.info({ by: by.name, person: email, role }, 'a person was invited');
      departures.announce();
      return link;
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
        throw new MeshError('already_exists', `Somebody with the address ${email} is here already.`, {
          issues: [{ path: ['email'], message: 'this address is here already' }],
        });
      throw error;
    }
  }

  async function passwordLink(by: Person, { id }: { id: string }) {
    const { person, result } = await change(by, id, 'password link', (tx) => newLink(tx, id));
    logger.info({ by: by.name, person: person.email }, 'a link to set a password was made');
    return result;
  }

  async function newLink(tx: Prisma.TransactionClient, id: string): Promise<PasswordLink> {
    const { token, expiresAt } = await createPasswordToken(tx, id, now());
    return { id, url: `${baseUrl}/set-password?token=${token}`, expiresAt };
  }

  async function setRole(by: Person, { id, role }: Parameters<Directory['setRole']>[1]) {
    const { person } = await change(by, id, { role }, (tx) =>
      tx.user.update({ where: { id }, data: { role } }),
    );
    logger.info({ by: by.name, person: person.email, from: person.role, to: role }, 'a role was changed');
  }

  async function remove(by: Person, { id }: { id: string }) {
    const { person } = await change(by, id, 'remove', async (tx) => {
      await tx.verification.deleteMany({ where: { value: id } });
      // Sessions, password and API tokens go with it.
      await tx.user.delete({ where: { id } });
    });
    logger.info({ by: by.name, person: person.email, role: person.role }, 'a person was removed');
  }

  /** In one transaction with the look whether it may be: of two administrators who demote each other one stays. */
  async function change<Result>(
    by: Person,
    id: string,
    action: PersonAction,
    write: (tx: Prisma.TransactionClient) => Promise<Result>,
  ): Promise<{ person: UserRow; result: Result }> {
    refuseTokens(by);
    const done = await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "user" WHERE role = 'admin' ORDER BY id FOR UPDATE`;
      const person = await tx.user.findUnique({ where: { id }, include: withAccounts });
      if (person === null)
        throw new MeshError('not_found', 'There is no such person; they may have been removed.');
      const others = await tx.user.findMany({ where: { role: 'admin' }, include: withAccounts });
      const admins = others.filter((each) => standingOf(each).state === 'active').length;
      const obstacle = obstacleTo(action, standingOf(person), admins);
      if (obstacle !== undefined) throw new MeshError('action_not_allowed', obstacle);
      return { person, result: await write(tx) };
    });
    departures.announce();
    return done;
  }

  async function sessions(person: Person) {
    const rows = await prisma.session.findMany({
      where: { userId: person.id, expiresAt: { gt: new Date(now()) } },
      orderBy: { createdAt: 'desc' },
    });
    return rows.map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
      id,
      signedInAt: createdAt.getTime(),
      expiresAt: expiresAt.getTime(),
      address: ipAddress || null,
      userAgent: userAgent || null,
      isThis: id === person.sessionId,
    }));
  }

  async function endSessions(person: Person, { id }: { id?: string | undefined }) {
    refuseTokens(person);
    if (person.email === operatorEmail)
      throw new MeshError('action_not_allowed', 'The operator’s session is that of the server’s machine.');
    const { count } = await prisma.session.deleteMany({
      where: { userId: person.id, ...(id !== undefined && { id }) },
    });
    if (count === 0) throw new MeshError('not_found', 'There is no such session; it may have ended already.');
    logger.info({ by: person.name, sessions: count }, 'sessions were ended');
    departures.announce();
  }

  return { list, invite, passwordLink, setRole, remove, sessions, endSessions };
}

function standingOf(user: UserRow): Pick<PersonRow, 'name' | 'role' | 'state'> {
  return { name: user.name, role: roleSchema.parse(user.role), state: stateOf(user) };
}

function stateOf({ email, accounts }: UserRow): PersonState {
  if (email === operatorEmail) return 'operator';
  return accounts.some(({ password }) => password !== null) ? 'active' : 'invited';
}
