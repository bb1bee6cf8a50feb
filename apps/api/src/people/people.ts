import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { roleSchema } from '@tulle/mesh/people';
import type { PrismaClient } from '@tulle/prisma/generated/client';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { bearer } from 'better-auth/plugins';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ApiTokenStore } from '../api-tokens/create-api-tokens.ts';
import type { Departures } from './departures.ts';
import { operatorEmail } from './operator.ts';
import { endPasswordTokens, passwordLink } from './password-link.ts';
import type { Person } from './person.ts';
import { createWelcomeToken, welcome } from './welcome.ts';

const personSchema = z.object({ id: z.string(), name: z.string(), email: z.string(), role: roleSchema });

const minuteMs = 60_000;
const operatorSessionMs = 365 * 86_400_000;
/** Ours to set, whatever the caller sent: by X-Forwarded-For anybody could name a new address for every try. */
const addressHeader = 'x-tulle-client-address';

export interface PeopleOptions {
  readonly prisma: PrismaClient;
  /** At least 32 bytes of text; signs the session cookies. */
  readonly secret: string;
  /** Where browsers reach the dashboard, such as `http://127.0.0.1:4400`. */
  readonly baseUrl: string;
  readonly trustedOrigins: readonly string[];
  readonly apiTokens: Pick<ApiTokenStore, 'owns' | 'personOf'>;
  readonly departures: Departures;
  readonly logger: Logger;
  readonly now?: () => number;
}

export interface People {
  /** Answers everything below `/api/auth`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Who sends this request, by session cookie or bearer token. */
  personOf(headers: IncomingHttpHeaders): Promise<Person | undefined>;
  /** Hears when somebody may not be signed in any more; the answer ends the hearing. */
  onDeparture(listener: () => void): () => void;
  /** A link that signs in once, for the output of the program. */
  welcomeUrl(): Promise<string>;
  /** A bearer token for the command line of this machine; `held` is kept when it is still good. */
  operatorToken(held: string | undefined): Promise<string>;
}

/**
 * Of better-auth's own ways, those that would pass by the rules: names are the administrators' to give, as changes are
 * known by them, and its lists of sessions have their tokens in them.
 */
const disabledPaths = [
  ...['/update-user', '/update-session', '/change-email', '/delete-user', '/verify-password'],
  ...['/list-sessions', '/revoke-session', '/revoke-sessions', '/revoke-other-sessions'],
  ...['/request-password-reset', '/reset-password', '/send-verification-email', '/verify-email'],
  ...['/sign-in/social', '/link-social', '/unlink-account', '/list-accounts', '/account-info'],
  ...['/get-access-token', '/refresh-token'],
];

export function createPeople(options: PeopleOptions): People {
  const { prisma, secret, baseUrl, trustedOrigins, apiTokens, departures, logger, now = Date.now } = options;
  /** By person, when it was last written that they were here. */
  const seenAt = new Map<string, number>();
  const auth = betterAuth({
    baseURL: baseUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...trustedOrigins],
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
    user: { additionalFields: { role: { type: 'string', defaultValue: 'viewer', input: false } } },
    session: { expiresIn: 30 * 86_400, updateAge: 86_400 },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 20 },
        '/change-password': { window: 60, max: 20 },
      },
    },
    disabledPaths,
    databaseHooks: {
      session: { delete: { after: async () => departures.announce() } },
      account: {
        create: { after: async () => departures.announce() },
        // Who has a new password needs no link for one.
        update: { after: async ({ userId }) => endPasswordTokens(prisma, userId) },
      },
    },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: 'tulle',
      useSecureCookies: baseUrl.startsWith('https:'),
      // Rates are limited by it. People behind one proxy share what one address may.
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    plugins: [bearer(), welcome, passwordLink(logger)],
    logger: { level: 'error' },
  });
  const handler = toNodeHandler(auth);

  return {
    handle(request, response) {
      request.headers[addressHeader] = request.socket.remoteAddress;
      return handler(request, response);
    },

    async personOf(headers) {
      const token = bearerOf(headers);
      if (token !== undefined && apiTokens.owns(token)) return apiTokens.personOf(token);
      const found = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
      if (found === null) return undefined;
      await noteSeen(found.user.id);
      const via = headers.authorization === undefined ? 'dashboard' : 'cli';
      return { ...personSchema.parse(found.user), via, sessionId: found.session.id };
    },

    onDeparture: departures.on,

    async welcomeUrl() {
      const { internalAdapter } = await auth.$context;
      return `${baseUrl}/welcome?token=${await createWelcomeToken(internalAdapter, Date.now())}`;
    },

    async operatorToken(held) {
      const { internalAdapter } = await auth.$context;
      if (held !== undefined) {
        const known = await internalAdapter.findSession(held);
        if (known !== null && known.session.expiresAt.getTime() > Date.now() + 86_400_000) return held;
      }
      const existing = await internalAdapter.findUserByEmail(operatorEmail);
      const user =
        existing?.user ??
        (await internalAdapter.createUser(
          { email: operatorEmail, name: 'operator', emailVerified: true, role: 'admin' },
          { method: 'operator' },
        ));
      const expiresAt = new Date(Date.now() + operatorSessionMs);
      return (await internalAdapter.createSession(user.id, false, { expiresAt }, true)).token;
    },
  };

  async function noteSeen(id: string): Promise<void> {
    const at = now();
    if (at - (seenAt.get(id) ?? 0) < minuteMs) return;
    seenAt.set(id, at);
    await prisma.user.updateMany({ where: { id }, data: { lastSeenAt: new Date(at) } });
  }
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
