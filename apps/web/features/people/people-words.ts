import { isAtLeast, type Role, roles } from '@tulle/mesh/people';

/** What a role adds to those before it. */
const additions: Readonly<Record<Role, string>> = {
  viewer: 'see everything',
  editor: 'change traffic and start rollouts',
  approver: 'approve and promote rollouts',
  admin: 'manage people and revoke instances',
};

export const roleChoices = roles.map((role) => ({
  value: role,
  label: role,
  description: role === 'viewer' ? 'may see everything' : `may also ${additions[role]}`,
}));

/** `Bob may then also approve and promote rollouts.` */
export function roleChangeWords(name: string, from: Role, to: Role): string {
  const isMore = isAtLeast(to, from);
  const [lower, higher] = isMore ? [from, to] : [to, from];
  const between = roles
    .filter((role) => role !== lower && isAtLeast(role, lower) && isAtLeast(higher, role))
    .map((role) => additions[role]);
  const things = new Intl.ListFormat('en-GB', { type: isMore ? 'conjunction' : 'disjunction' }).format(
    between,
  );
  return isMore ? `${name} may then also ${things}.` : `${name} may then no longer ${things}.`;
}
