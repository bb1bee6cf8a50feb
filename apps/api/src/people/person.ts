export const roles = ['viewer', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a procedure needs; each role has its own and those of the roles before it. */
export const permissions = {
  read: 'viewer',
  edit: 'editor',
  approve: 'approver',
  administer: 'admin',
} as const;
export type Permission = keyof typeof permissions;

/** Somebody who is signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** By what they speak: the dashboard's cookie, or the token of a command line. Recorded with each change. */
  readonly via: 'dashboard' | 'cli';
}

export function may(person: Person, permission: Permission): boolean {
  return roles.indexOf(person.role) >= roles.indexOf(permissions[permission]);
}
