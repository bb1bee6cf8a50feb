import { expect, test } from 'vitest';
import { routeSchema } from './route.ts';
import { serviceViewSchema } from './service-view.ts';
import { compileServiceView } from './snapshot.ts';

const view = compileServiceView(
  'orders',
  { route: routeSchema.parse({ kind: 'Route', service: 'orders', rules: [{ name: 'a' }] }) },
  [],
);
const { policy } = view;

test('settings of a newer API that an older agent does not know are left out', () => {
  const newer = {
    ...view,
    nextYear: true,
    policy: {
      ...policy,
      nextYear: { fast: true },
      timeouts: { ...policy.timeouts, nextYearMs: 5 },
      rateLimits: [{ name: 'api', requests: 1, perMs: 1, burst: 1, by: { key: 'all' }, nextYear: 1 }],
    },
  };
  expect(serviceViewSchema.parse(newer)).toEqual({
    ...view,
    policy: {
      ...policy,
      rateLimits: [{ name: 'api', requests: 1, perMs: 1, burst: 1, by: { key: 'all' } }],
    },
  });
});

test('a rule that asks for something unknown is refused: it would hold for more than was meant', () => {
  const matches = [{ headers: [], queryParams: [], cookies: [], weekday: 'sunday' }];
  const rules = [{ name: 'a', matches, filters: [], backendRefs: [] }];
  expect(serviceViewSchema.safeParse({ ...view, rules }).error?.issues[0]).toMatchObject({
    path: ['rules', 0, 'matches', 0],
    code: 'unrecognized_keys',
  });
});

test('values that cannot be are refused, known key or not', () => {
  expect(serviceViewSchema.safeParse({ ...view, policy: { ...policy, timeouts: null } }).success).toBe(false);
  expect(serviceViewSchema.safeParse({ ...view, policy: 7 }).success).toBe(false);
  expect(serviceViewSchema.safeParse({ ...view, policy: [] }).success).toBe(false);
});
