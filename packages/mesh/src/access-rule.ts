import * as z from 'zod/mini';
import './zod-messages.ts';

/** In place of a service: every one without a rule of its own. Among callers: every identity of the mesh. */
export const everyone = '*';

/** The name of a service, or `*`. */
export const serviceOrEveryoneSchema = z
  .string()
  .check(
    z.maxLength(63, 'at most 63 characters'),
    z.regex(
      /^(\*|[a-z]([-a-z0-9]*[a-z0-9])?)$/,
      'lower-case letters, digits and dashes, starting with a letter; or * alone',
    ),
  );

/**
 * Who may call a service. A service with a rule accepts only the callers it names; one without has the rule of `*`, the
 * mesh's default; without that, every identity of the mesh may call.
 */
export const accessRuleSchema = z.strictObject({
  kind: z.literal('AccessRule'),
  service: serviceOrEveryoneSchema,
  allow: z.array(serviceOrEveryoneSchema).check(z.maxLength(1000)),
});
export type AccessRule = z.infer<typeof accessRuleSchema>;

/** Callers as a rule names them; null where there is none. */
export type AllowList = readonly string[] | null;

/** The list that holds for a service, out of its own and the mesh's default. */
export function allowInForce(own: AllowList, byDefault: AllowList): readonly string[] {
  return own ?? byDefault ?? [everyone];
}

/** Whether a list in force lets a caller in. */
export function admits(allow: readonly string[], caller: string): boolean {
  return allow.includes(everyone) || allow.includes(caller);
}

/** Whether two lists say the same: neither the order nor a repetition means anything. */
export function sameCallers(a: AllowList, b: AllowList): boolean {
  if (a === null || b === null) return a === b;
  return a.every((name) => b.includes(name)) && b.every((name) => a.includes(name));
}

/**
 * The services whose views depend on the resources of these: those themselves, and for `*` whichever of `all` have no
 * rule of their own.
 */
export function servicesGoverned(
  touched: readonly string[],
  all: Iterable<string>,
  hasOwnRule: (service: string) => boolean,
): string[] {
  const governed = new Set(touched);
  if (!governed.delete(everyone)) return [...governed];
  for (const service of all) if (!hasOwnRule(service)) governed.add(service);
  return [...governed];
}
