import { createHash, randomBytes } from 'node:crypto';
import { passwordSchema } from '@tulle/mesh/people';
import type { PrismaClient } from '@tulle/prisma/generated/client';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Logger } from 'pino';
import { z } from 'zod';

const lifetimeMs = 24 * 3_600_000;
const prefix = 'password-link-';

const identifierOf = (token: string) => `${prefix}${createHash('sha256').update(token).digest('hex')}`;

type VerificationTable = Pick<PrismaClient, 'verification'>;

/** A single-use token to set a person's password with; only its hash is stored, and former ones end. */
export async function createPasswordToken(
  { verification }: VerificationTable,
  personId: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const token = randomBytes(24).toString('base64url');
  const expiresAt = now + lifetimeMs;
  await endPasswordTokens({ verification }, personId);
  await verification.create({
    data: {
      id: randomBytes(16).toString('hex'),
      identifier: identifierOf(token),
      value: personId,
      expiresAt: new Date(expiresAt),
    },
  });
  return { token, expiresAt };
}

export async function endPasswordTokens(
  { verification }: VerificationTable,
  personId: string,
): Promise<void> {
  await verification.deleteMany({ where: { value: personId, identifier: { startsWith: prefix } } });
}

/** Until when each person's open link is good, by their id. */
export async function openPasswordTokens(
  { verification }: VerificationTable,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await verification.findMany({
    where: { identifier: { startsWith: prefix }, expiresAt: { gt: new Date(now) } },
  });
  return new Map(rows.map(({ value, expiresAt }) => [value, expiresAt.getTime()]));
}

const tokenSchema = z.string().min(1).max(100);

const refused = () =>
  new APIError('UNAUTHORIZED', {
    code: 'invalid_token',
    message:
      'This link was used, replaced by a newer one, or is older than a day. Ask an administrator for a new one.',
  });

/** The link that an administrator hands over: whoever has it sets the person's password, once, and is signed in. */
export function passwordLink(logger: Logger) {
  return {
    id: 'password-link',
    rateLimit: [{ pathMatcher: (path: string) => path.startsWith('/password-link'), window: 60, max: 20 }],
    endpoints: {
      /** Says whose link it is, and whether they had a password before; spends nothing. */
      passwordLinkState: createAuthEndpoint(
        '/password-link/state',
        { method: 'POST', body: z.object({ token: tokenSchema }) },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          const row = await internalAdapter.findVerificationValue(identifierOf(ctx.body.token));
          const isOpen = row !== null && row.expiresAt.getTime() > Date.now();
          const user = isOpen ? await internalAdapter.findUserById(row.value) : null;
          if (user === null) return ctx.json({ valid: false } as const);
          const isNew = (await internalAdapter.findCredentialAccount(user.id)) === null;
          return ctx.json({ valid: true, name: user.name, email: user.email, isNew } as const);
        },
      ),
      passwordLink: createAuthEndpoint(
        '/password-link',
        { method: 'POST', body: z.object({ token: tokenSchema, password: passwordSchema }) },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          // Before the link is spent, so that a failure here costs no link.
          const password = await ctx.context.password.hash(ctx.body.password);
          const row = await internalAdapter.consumeVerificationValue(identifierOf(ctx.body.token));
          const isOpen = row !== null && row.expiresAt.getTime() > Date.now();
          const user = isOpen ? await internalAdapter.findUserById(row.value) : null;
          if (user === null) throw refused();
          const account = await internalAdapter.findCredentialAccount(user.id);
          if (account === null)
            await internalAdapter.linkAccount({
              userId: user.id,
              providerId: 'credential',
              accountId: user.id,
              password,
            });
          else await internalAdapter.updateAccount(account.id, { password });
          // Whoever knew the former password is out.
          await internalAdapter.deleteUserSessions(user.id);
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          logger.info({ person: user.email, first: account === null }, 'a password was set by link');
          return ctx.json({ ok: true });
        },
      ),
    },
  };
}
