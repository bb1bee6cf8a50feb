import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeSplitChange } from './split-preview.ts';

const weights = (v1: number, v2: number) => [
  { version: 'v1', weight: v1 },
  { version: 'v2', weight: v2 },
];
const input = {
  current: weights(90, 10),
  next: weights(50, 50),
  ratePerSecond: 124,
  versions: [
    { version: 'v1', instances: 3 },
    { version: 'v2', instances: 2, maxRatePerInstanceSeen: 9 },
  ],
  agents: 7,
  callers: ['frontend', 'cart'],
  usualMs: 50,
};
const plain = <T>(value: T): unknown => JSON.parse(JSON.stringify(value).replaceAll('\u2009', ' '));

test('a change is told in requests per second and names', () => {
  expect(plain(describeSplitChange(input))).toEqual({
    changes: [
      {
        version: 'v2',
        from: 10,
        to: 50,
        sentence: 'v2 10 % → 50 %',
        detail: 'about 12 → 62 requests/s, from frontend and cart',
      },
      {
        version: 'v1',
        from: 90,
        to: 50,
        sentence: 'v1 90 % → 50 %',
        detail: 'about 112 → 62 requests/s, from frontend and cart',
      },
    ],
    perInstance: [
      {
        version: 'v2',
        sentence: '2 instances of v2',
        detail: '31 requests/s each; the most seen so far is 9',
      },
    ],
    callers: [],
    warnings: ['Three times the load v2 has carried. Consider a rollout with steps.'],
    agentsSentence: '7 agents will take it, usually within 50 ms.',
  });
});

test('a load that was carried before is no warning', () => {
  const versions = [
    { version: 'v1', instances: 3 },
    { version: 'v2', instances: 2, maxRatePerInstanceSeen: 40 },
  ];
  expect(describeSplitChange({ ...input, versions }).warnings).toEqual([]);
});

test('versions that do not run are warned about', () => {
  const [warning] = describeSplitChange({ ...input, versions: [{ version: 'v1', instances: 3 }] }).warnings;
  expect(plain(warning)).toBe('v2 has no running instance; its 50 % go to the others until it has one.');
  expect(describeSplitChange({ ...input, versions: [] }).warnings).toEqual([
    'No version with a share has a running instance: every request would fail.',
  ]);
});

test('the first traffic of a version is named as such', () => {
  const versions = [
    { version: 'v1', instances: 1 },
    { version: 'v2', instances: 1 },
  ];
  const preview = describeSplitChange({
    ...input,
    current: weights(100, 0),
    versions,
    callers: [],
    agents: 0,
  });
  expect(preview.warnings).toEqual(['v2 has carried no traffic yet. Consider a rollout with steps.']);
  expect(preview.changes[0]?.detail).toBe('about 0 → 62 requests/s');
  expect(preview.agentsSentence).toContain('No agent holds this service');
});

test('without a split the present shares are those of the instances', () => {
  const preview = describeSplitChange({ ...input, current: [] });
  expect(preview.changes.map(({ version, from }) => [version, from])).toEqual([
    ['v2', 40],
    ['v1', 60],
  ]);
});

test('callers that stay are told what becomes of them', () => {
  const cookie = { by: 'cookie', name: 'sid' } as const;
  const { callers } = describeSplitChange({ ...input, sticky: { current: cookie, next: cookie } });
  expect(plain(callers)).toEqual(['40 % of callers with cookie sid move to v2; all others stay.']);
});

test('an unchanged split changes nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (share) => {
      const same = weights(100 - share, share);
      const preview = describeSplitChange({ ...input, current: same, next: same });
      expect([preview.changes, preview.perInstance, preview.warnings]).toEqual([[], [], []]);
    }),
  );
});
