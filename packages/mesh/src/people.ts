import * as z from 'zod/mini';
import './zod-messages.ts';

/** Each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

export const roleSchema = z.enum(roles);

export function isAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** As changes show their author. */
export const personNameSchema = z
  .string()
  .check(z.trim(), z.minLength(1, 'a name is needed'), z.maxLength(100, 'at most 100 characters'));

export const emailSchema = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.email('an address such as ana@shop.example'),
    z.maxLength(200, 'at most 200 characters'),
  );

export const passwordSchema = z
  .string()
  .check(z.minLength(10, 'at least 10 characters'), z.maxLength(128, 'at most 128 characters'));

export const invitationSchema = z.object({
  name: personNameSchema,
  email: emailSchema,
  role: roleSchema,
});
export type Invitation = z.infer<typeof invitationSchema>;

const dayMs = 86_400_000;

/** `lifetimeMs` from an hour to a year. */
export const apiTokenSchema = z.object({
  name: z
    .string()
    .check(
      z.maxLength(63, 'at most 63 characters'),
      z.regex(/^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?$/, 'letters, digits, dots, dashes and underscores'),
    ),
  role: roleSchema,
  lifetimeMs: z
    .int()
    .check(z.minimum(dayMs / 24, 'at least an hour'), z.maximum(366 * dayMs, 'at most a year')),
});
export type ApiTokenRequest = z.infer<typeof apiTokenSchema>;

/**
 * - `active` has a password
 * - `invited` has not set one yet
 * - `operator` is the command line of the server's machine
 */
export type PersonState = 'active' | 'invited' | 'operator';

export interface Standing {
  readonly name: string;
  readonly role: Role;
  readonly state: PersonState;
}

/** What an administrator means to make of a person. */
export type PersonAction = { readonly role: Role } | 'remove' | 'password link';

/**
 * Why it may not be done, in words; undefined when it may. `admins` counts the people who can sign in as administrators
 * now: whoever is only invited lets nobody back in.
 */
export function obstacleTo(action: PersonAction, person: Standing, admins: number): string | undefined {
  if (person.state === 'operator')
    return 'The operator is the command line of the server’s machine; its account cannot be changed.';
  if (action === 'password link' || person.state !== 'active' || person.role !== 'admin' || admins > 1)
    return undefined;
  if (action === 'remove') return `${person.name} is the last administrator; make somebody else one first.`;
  return action.role === 'admin'
    ? undefined
    : `${person.name} is the last administrator; make somebody else one before they become ${action.role}.`;
}
