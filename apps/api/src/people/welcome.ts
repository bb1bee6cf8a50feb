import { createHash, randomBytes } from 'node:crypto';
import { emailSchema, passwordSchema, personNameSchema } from '@tulle/mesh/people';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import { operatorEmail } from './operator.ts';

const lifetimeMs = 60 * 60_000;

const identifierOf = (token: string) => `welcome-${createHash('sha256').update(token).digest('hex')}`;

interface VerificationWriter {
  createVerificationValue(row: { identifier: string; value: string; expiresAt: Date }): Promise<unknown>;
}

/** A single-use token for the link that the program prints; only its hash is stored. */
export async function createWelcomeToken(adapter: VerificationWriter, now: number): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  await adapter.createVerificationValue({
    identifier: identifierOf(token),
    value: 'welcome',
    expiresAt: new Date(now + lifetimeMs),
  });
  return token;
}

const accountSchema = z.object({
  name: personNameSchema,
  email: emailSchema,
  password: passwordSchema,
});

const bodySchema = z.object({ token: z.string().min(1).max(100), account: accountSchema.optional() });

const refused = () =>
  new APIError('UNAUTHORIZED', {
    code: 'invalid_token',
    message: 'This link was used or is older than an hour. Restart Tulle for a new one, or sign in.',
  });

/**
 * The one-time link of `tulle server`. Whoever reads the program's own output owns the machine: the first time the
 * link makes the first admin, later it signs that admin in.
 */
export const welcome = {
  id: 'welcome',
  rateLimit: [{ pathMatcher: (path: string) => path.startsWith('/welcome'), window: 60, max: 20 }],
  endpoints: {
    /** Says whether the link is good and whether it makes an account; spends nothing. */
    welcomeState: createAuthEndpoint(
      '/welcome/state',
      { method: 'POST', body: z.object({ token: z.string().min(1).max(100) }) },
      async (ctx) => {
        const row = await ctx.context.internalAdapter.findVerificationValue(identifierOf(ctx.body.token));
        const valid = row !== null && row.expiresAt.getTime() > Date.now();
        return ctx.json({ valid, firstAdmin: valid && (await findAdmin(ctx.context.adapter)) === null });
      },
    ),
    welcome: createAuthEndpoint('/welcome', { method: 'POST', body: bodySchema }, async (ctx) => {
      const { internalAdapter, adapter, password } = ctx.context;
      const admin = await findAdmin(adapter);
      if (admin === null && ctx.body.account === undefined)
        throw new APIError('BAD_REQUEST', {
          code: 'account_needed',
          message: 'Name the first admin: name, email and password.',
        });
      const row = await internalAdapter.consumeVerificationValue(identifierOf(ctx.body.token));
      if (row === null || row.expiresAt.getTime() < Date.now()) throw refused();
      const user = admin ?? (await createFirstAdmin());
      const session = await internalAdapter.createSession(user.id);
      await setSessionCookie(ctx, { session, user });
      return ctx.json({ ok: true });

      async function createFirstAdmin() {
        const account = accountSchema.parse(ctx.body.account);
        const created = await internalAdapter.createUser(
          { email: account.email, name: account.name, emailVerified: true, role: 'admin' },
          { method: 'welcome' },
        );
        await internalAdapter.linkAccount({
          userId: created.id,
          providerId: 'credential',
          accountId: created.id,
          password: await password.hash(account.password),
        });
        return created;
      }
    }),
  },
};

const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

interface UserReader {
  findMany<T>(query: {
    model: string;
    where: { field: string; value: string; operator?: 'eq' | 'ne' }[];
    sortBy?: { field: string; direction: 'asc' };
    limit: number;
  }): Promise<T[]>;
}

/** The first who can sign in as one: whoever is only invited has yet to say who they are. */
async function findAdmin(adapter: UserReader): Promise<z.infer<typeof userSchema> | null> {
  const rows = await adapter.findMany<unknown>({
    model: 'user',
    where: [
      { field: 'role', value: 'admin' },
      { field: 'email', value: operatorEmail, operator: 'ne' },
    ],
    sortBy: { field: 'createdAt', direction: 'asc' },
    limit: 1_000,
  });
  for (const row of rows) {
    const user = userSchema.parse(row);
    const accounts = await adapter.findMany<unknown>({
      model: 'account',
      where: [{ field: 'userId', value: user.id }],
      limit: 1,
    });
    if (accounts.length > 0) return user;
  }
  return null;
}
