import { expect, test } from 'vitest';
import type { Member } from './member.ts';
import { Roster } from './roster.ts';

const start = 1_000_000_000;

function member(overrides: Partial<Member>): Member {
  return {
    ...{ id: 'a', instance: 'orders-1', service: 'orders', version: 'v1', agentVersion: '', host: '' },
    ...{ inbound: { host: '10.0.0.1', port: 9_001 }, zone: '', connected: true, replica: null },
    ...{ startedAt: start, lastSeenAt: start, leftAt: null, revokedAt: null, revokedReason: null },
    ...{ renewAskedAt: null, revision: 0, rejectedReason: null, gauges: null },
    ...overrides,
  };
}

function roster(...members: Member[]) {
  const clock = { now: start };
  const made = new Roster(() => clock.now);
  for (const one of members) made.put(one);
  return { clock, roster: made };
}

test('a lost agent stays an endpoint for a minute after it was last seen', () => {
  const { clock, roster: made } = roster(member({ connected: false }));
  clock.now += 59_000;
  expect(made.endpoints('orders')).toHaveLength(1);
  clock.now += 1_000;
  expect(made.endpoints('orders')).toEqual([]);
});

test('one that was connected when we started has a minute from then, however long no API ran', () => {
  const { clock, roster: made } = roster(
    member({ id: 'a', lastSeenAt: start - 3_600_000 }),
    member({ id: 'b', lastSeenAt: start - 3_600_000, connected: false }),
  );
  clock.now += 59_000;
  expect(made.versionsOf('orders')).toEqual([{ version: 'v1', instances: 1 }]);
  clock.now += 1_000;
  expect(made.versionsOf('orders')).toEqual([]);
});

test('who said goodbye or was revoked is gone at once, and callers have no endpoint', () => {
  const { roster: made } = roster(
    member({ id: 'a', leftAt: start, connected: false }),
    member({ id: 'b', revokedAt: start }),
    member({ id: 'c', inbound: null }),
  );
  expect(made.endpoints('orders')).toEqual([]);
  expect(made.versionsOf('orders')).toEqual([{ version: 'v1', instances: 1 }]);
});

test('an endpoint says where it runs, when its agent did', () => {
  const { roster: made } = roster(member({ id: 'a' }), member({ id: 'b', zone: 'east' }));
  expect(made.endpoints('orders').map(({ zone }) => zone)).toEqual([undefined, 'east']);
});

test('knows services by their instances, as long as there are any', () => {
  const { roster: made } = roster(member({ id: 'a' }), member({ id: 'b', service: 'cart', version: 'v2' }));
  expect(made.services()).toEqual(['cart', 'orders']);
  const cart = made.get('b');
  if (cart !== undefined) made.remove(cart);
  expect(made.services()).toEqual(['orders']);
});
