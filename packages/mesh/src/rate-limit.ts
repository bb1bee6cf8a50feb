import * as z from 'zod/mini';
import { between, headerNameSchema } from './bounds.ts';

/** A token bucket on each agent: `requests` in `perMs` on average, `burst` at once. What is beyond gets 429 and Retry-After. */
export const rateLimitSchema = z.strictObject({
  /** Shown in the answer and in metrics. */
  name: z._default(
    z
      .string()
      .check(z.maxLength(63), z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'letters, digits and dashes')),
    'default',
  ),
  requests: between(1, 10_000_000),
  perMs: z._default(between(1, 86_400_000), 1_000),
  /** 0 means as many as `requests`. */
  burst: z._default(between(0, 10_000_000), 0),
  /** One bucket for all, or one for each value; requests without the header share one. */
  by: z._default(
    z.discriminatedUnion('key', [
      z.strictObject({ key: z.literal('all') }),
      z.strictObject({ key: z.literal('source') }),
      z.strictObject({ key: z.literal('header'), name: headerNameSchema }),
    ]),
    { key: 'all' },
  ),
});
export const rateLimitsSchema = z.array(rateLimitSchema).check(
  z.maxLength(100),
  z.superRefine((limits, context) => {
    for (const [index, { name }] of limits.entries())
      if (limits.findIndex((limit) => limit.name === name) < index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `there are two limits called ${name}; give each a name of its own`,
        });
  }),
);
export type RateLimit = z.infer<typeof rateLimitSchema>;
