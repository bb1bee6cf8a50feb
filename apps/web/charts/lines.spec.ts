import { expect, test } from 'vitest';
import { type MetricsView, summarise, versionLines } from './lines.ts';

const point = (at: number, requests: number, errors = 0) => ({
  at,
  requests,
  errors,
  p50: 1,
  p95: 2,
  p99: 3,
});
const view: MetricsView = {
  from: 0,
  to: 20_000,
  stepMs: 10_000,
  marks: [],
  series: [
    { version: 'v1', points: [point(0, 80), point(10_000, 90)] },
    { version: 'v3', points: [point(0, 20, 5), point(10_000, 0)] },
    { version: 'v9', points: [point(0, 0), point(10_000, 0)] },
  ],
};

test('rates are per second, versions without requests are left out', () => {
  const lines = versionLines(view, 'rate');
  expect(lines.map(({ name }) => name)).toEqual(['v1', 'v3']);
  expect(lines[0]?.points.map(({ value }) => value)).toEqual([8, 9]);
  expect(lines[1]?.colour).toBe('var(--v3)');
});

test('errors are percent of the requests of that time, unknown without any', () => {
  expect(versionLines(view, 'errors')[1]?.points.map(({ value }) => value)).toEqual([25, null]);
});

test('shares add up to all requests of that time', () => {
  const [v1, v3] = versionLines(view, 'share');
  expect(v1?.points[0]?.value).toBe(80);
  expect(v3?.points[0]?.value).toBe(20);
});

test('the summary says what is now and what was', () => {
  expect(summarise('Errors', versionLines(view, 'errors'), (value) => `${value} %`)).toBe(
    'Errors. v1: now 0 %, between 0 % and 0 %; v3: now 25 %, between 25 % and 25 %.',
  );
  expect(summarise('Errors', [], String)).toBe('Errors: nothing was measured in this window.');
});
