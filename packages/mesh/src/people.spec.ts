import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apiTokenSchema,
  invitationSchema,
  isAtLeast,
  obstacleTo,
  type PersonAction,
  type PersonState,
  roles,
  type Standing,
} from './people.ts';

const anyRole = fc.constantFrom(...roles);
const anyState = fc.constantFrom<PersonState>('active', 'invited', 'operator');
const anyPerson = fc.record<Standing>({ name: fc.constant('Ana'), role: anyRole, state: anyState });
const anyAction: fc.Arbitrary<PersonAction> = fc.oneof(
  fc.constantFrom<PersonAction>('remove', 'password link'),
  fc.record({ role: anyRole }),
);

const isAdmin = ({ role, state }: Standing) => role === 'admin' && state === 'active';

function after(person: Standing, action: PersonAction): Standing | undefined {
  if (action === 'remove') return undefined;
  return action === 'password link' ? person : { ...person, role: action.role };
}

describe('what may be made of people', () => {
  test('whatever is done in whatever order, somebody can sign in as administrator', () => {
    fc.assert(
      fc.property(
        fc.array(anyPerson, { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), anyAction), { maxLength: 30 }),
        (others, actions) => {
          let people: Standing[] = [{ name: 'Ana', role: 'admin', state: 'active' }, ...others];
          for (const [pick, action] of actions) {
            const index = pick % people.length;
            const person = people[index];
            if (person === undefined || obstacleTo(action, person, people.filter(isAdmin).length)) continue;
            people = people.flatMap((each, place) =>
              place === index ? (after(each, action) ?? []) : [each],
            );
          }
          expect(people.some(isAdmin)).toBe(true);
        },
      ),
    );
  });

  test('nothing is done to the operator', () => {
    fc.assert(
      fc.property(anyAction, anyRole, fc.nat(9), (action, role, admins) => {
        const operator: Standing = { name: 'operator', role, state: 'operator' };
        expect(obstacleTo(action, operator, admins)).toContain('cannot be changed');
      }),
    );
  });

  test('the last administrator is told why, and may stay one', () => {
    const ana: Standing = { name: 'Ana', role: 'admin', state: 'active' };
    expect(obstacleTo('remove', ana, 1)).toBe('Ana is the last administrator; make somebody else one first.');
    expect(obstacleTo({ role: 'viewer' }, ana, 1)).toBe(
      'Ana is the last administrator; make somebody else one before they become viewer.',
    );
    expect(obstacleTo({ role: 'admin' }, ana, 1)).toBeUndefined();
    expect(obstacleTo('remove', ana, 2)).toBeUndefined();
    expect(obstacleTo('remove', { ...ana, state: 'invited' }, 1)).toBeUndefined();
  });
});

test('a role may what those before it may', () => {
  expect(roles.map((role) => isAtLeast(role, 'approver'))).toEqual([false, false, true, true]);
});

test('an address is kept in lower case, and no name is empty', () => {
  const written = { name: ' Bob ', email: ' Bob@Shop.Example ', role: 'approver' };
  expect(invitationSchema.parse(written)).toEqual({
    name: 'Bob',
    email: 'bob@shop.example',
    role: 'approver',
  });
  for (const wrong of [{ name: '  ' }, { email: 'bob' }, { role: 'owner' }])
    expect(invitationSchema.safeParse({ ...written, ...wrong }).success).toBe(false);
});

test('a token has a name that reads in a line of changes, and an end', () => {
  const token = { name: 'ci', role: 'editor', lifetimeMs: 86_400_000 };
  expect(apiTokenSchema.safeParse(token).success).toBe(true);
  for (const wrong of [
    { name: '' },
    { name: 'a)b' },
    { name: 'ci ' },
    { lifetimeMs: 1 },
    { lifetimeMs: 1e12 },
  ])
    expect(apiTokenSchema.safeParse({ ...token, ...wrong }).success).toBe(false);
});
