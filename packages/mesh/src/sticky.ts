import * as z from 'zod/mini';
import { between, cookieNameSchema } from './bounds.ts';
import { hashKeySchema } from './load-balancer.ts';

/** RFC 6265bis section 5.5: user agents keep no cookie for longer than 400 days. */
const longestLifetimeMs = 400 * 24 * 3_600_000;

/** RFC 6265bis section 4.1.3: user agents keep a cookie with such a name only when it is said to be for the whole host. */
const isForHost = (name: string) => /^__host-/i.test(name);

/** A cookie that agents issue, of which they read later what answered first. */
const sessionSchema = z
  .strictObject({
    by: z.literal('session'),
    name: cookieNameSchema,
    /** How long user agents keep it, in whole seconds; without, until they are closed. */
    lifetimeMs: z.optional(between(1_000, longestLifetimeMs)),
    /** User agents send it with what is below this path; without, with all requests to the host. */
    path: z.optional(
      z.string().check(z.maxLength(200), z.regex(/^\/[!-:<-~]*$/, 'a path that begins with /, without ;')),
    ),
    /** User agents send it by https alone; without, it follows how the caller came. For what stands behind a TLS terminator. */
    secure: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ name, path = '/', secure }) => !isForHost(name) || (path === '/' && secure !== false), {
      path: ['name'],
      error: 'a cookie named __Host-… is secure, and its path is /',
    }),
    z.refine(({ name, secure }) => !/^__secure-/i.test(name) || secure !== false, {
      path: ['name'],
      error: 'a cookie named __Secure-… is secure',
    }),
  );
export type SessionCookie = z.infer<typeof sessionSchema>;

/** How users stay where they were: by what their requests carry anyway, or by a cookie of the mesh's own. */
export const stickySchema = z.discriminatedUnion('by', [hashKeySchema, sessionSchema]);
export type Sticky = z.infer<typeof stickySchema>;
