import * as z from 'zod/mini';
import { between, cookieNameSchema } from './bounds.ts';
import { hashKeySchema } from './load-balancer.ts';

/** RFC 6265bis section 5.5: user agents keep no cookie for longer than 400 days. */
const longestLifetimeMs = 400 * 24 * 3_600_000;

/** A cookie that agents issue, of which they read later what answered first. */
const sessionSchema = z.strictObject({
  by: z.literal('session'),
  name: cookieNameSchema,
  /** How long user agents keep it, in whole seconds; without, until they are closed. */
  lifetimeMs: z.optional(between(1_000, longestLifetimeMs)),
});
export type SessionCookie = z.infer<typeof sessionSchema>;

/** How users stay where they were: by what their requests carry anyway, or by a cookie of the mesh's own. */
export const stickySchema = z.discriminatedUnion('by', [hashKeySchema, sessionSchema]);
export type Sticky = z.infer<typeof stickySchema>;
