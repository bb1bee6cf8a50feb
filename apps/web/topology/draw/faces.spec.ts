import { expect, test } from 'vitest';
import { edgeWidth, faceOf, initialsOf } from './faces.ts';

test('names become initials', () => {
  expect(initialsOf('payment')).toBe('Pa');
  expect(initialsOf('load-generator')).toBe('LG');
  expect(initialsOf('a')).toBe('A');
});

test('width follows the rate in steps, so that noise changes nothing', () => {
  expect(edgeWidth(642, 642)).toBe(6);
  expect(edgeWidth(0, 0)).toBe(1.5);
  expect(edgeWidth(100, 642)).toBe(edgeWidth(101, 642));
});

test('versions of a caller have no share: nobody calls it', () => {
  const traffic = { requests: 10, rate: 1, errorRate: 0, successRate: 100, p50: 1, p95: 1, p99: 1 };
  const version = { version: 'v1', weight: null, observed: 0, instances: 1, traffic };
  const node = {
    service: 'walker',
    health: 'ok' as const,
    traffic,
    instances: 1,
    versions: [version],
    rollout: null,
  };
  expect(faceOf({ ...node, kind: 'caller' }).versions[0]).toMatchObject({ text: 'v1', figures: '' });
  expect(faceOf({ ...node, kind: 'service' }).versions[0]).toMatchObject({ figures: '0\u2009%' });
});
