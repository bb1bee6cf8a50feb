import { MeshError } from '@tulle/mesh/errors';
import { isAtLeast, type Role } from '@tulle/mesh/people';

/** What a procedure needs; each role has its own and those of the roles before it. */
export const permissions = {
  read: 'viewer',
  edit: 'editor',
  approve: 'approver',
  administer: 'admin',
} as const;
export type Permission = keyof typeof permissions;

/** Somebody who is signed in, or whose API token is shown. */
export interface Person {
  readonly id: string;
  /** As changes show it; with the token's name when one speaks for them: `Ana (token ci)`. */
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** By what they speak: the dashboard's cookie, or the token of a command line. Recorded with each change. */
  readonly via: 'dashboard' | 'cli';
  /** Of the session they signed in with; an API token has none. */
  readonly sessionId?: string | undefined;
  /** The name of the API token that speaks for them. */
  readonly token?: string | undefined;
}

export function may(person: Person, permission: Permission): boolean {
  return isAtLeast(person.role, permissions[permission]);
}

/** What programs hold may be read by others: they steer the mesh, not who else may. */
export function refuseTokens(person: Person): void {
  if (person.token === undefined) return;
  throw new MeshError(
    'forbidden',
    `The API token ${person.token} cannot change accounts, sessions or tokens; sign in to the dashboard.`,
  );
}
