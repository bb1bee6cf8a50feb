import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { PrismaClient } from '@tulle/prisma/generated/client';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { bearer } from 'better-auth/plugins';
import { z } from 'zod';
import { type Person, roles } from './person.ts';
import { createWelcomeToken, operatorEmail, welcome } from './welcome.ts';

const personSchema = z.object({ id: z.string(), name: z.string(), email: z.string(), role: z.enum(roles) });

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
}

export interface People {
  /** Answers everything below `/api/auth`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Who sends this request, by session cookie or bearer token. */
  personOf(headers: IncomingHttpHeaders): Promise<Person | undefined>;
  /** A link that signs in once, for the output of the program. */
  welcomeUrl(): Promise<string>;
  /** A bearer token for the command line of this machine; `held` is kept when it is still good. */
  operatorToken(held: string | undefined): Promise<string>;
}

export function createPeople({ prisma, secret, baseUrl, trustedOrigins }: PeopleOptions): People {
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
      customRules: { '/sign-in/email': { window: 60, max: 20 } },
    },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: 'tulle',
      useSecureCookies: baseUrl.startsWith('https:'),
      // Rates are limited by it. People behind one proxy share what one address may.
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    plugins: [bearer(), welcome],
    logger: { level: 'error' },
  });
  const handler = toNodeHandler(auth);

  return {
    handle(request, response) {
      request.headers[addressHeader] = request.socket.remoteAddress;
      return handler(request, response);
    },

    async personOf(headers) {
      const found = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
      if (found === null) return undefined;
      const via = headers.authorization === undefined ? 'dashboard' : 'cli';
      return { ...personSchema.parse(found.user), via };
    },

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
}
