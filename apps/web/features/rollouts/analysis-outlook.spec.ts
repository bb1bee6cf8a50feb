import { expect, test } from 'vitest';
import { analysisOutlook, type Outlooked } from './analysis-outlook.ts';

const rule = { minRequests: 200, minSuccessRate: 99, maxSuccessDrop: 0, maxP95Ratio: 2 };
const step = { type: 'analysis', durationMs: 60_000, timeoutMs: 600_000, rule } as const;

/** Begun at 0, with this many requests so far and this many a second. */
function analysing(
  requests: number,
  rate: number,
  phase: Outlooked['row']['phase'] = 'analysing',
): Outlooked {
  return {
    row: { phase, stepIndex: 0 },
    spec: { stable: 'v1', candidate: 'v2', steps: [step] },
    steps: [{ startedAt: 0 }],
    verdict: { checks: [{ requests }] },
    candidate: { rate },
  };
}

test('says how long the missing requests take', () => {
  expect(analysisOutlook(analysing(79, 1), 60_000)).toEqual({
    words: 'At 1\u2009/s, 121 more requests of v2 take about 2\u2009min 1\u2009s.',
    isLate: false,
  });
});

test('says in time that it will give up', () => {
  const end = 'after 1\u2009min it gives up, and all traffic returns to v1.';
  expect(analysisOutlook(analysing(79, 1), 540_000)).toEqual({
    words: `Too few requests: at 1\u2009/s, 121 more requests of v2 take about 2\u2009min 1\u2009s, but ${end}`,
    isLate: true,
  });
  expect(analysisOutlook(analysing(0, 0), 540_000)).toEqual({
    words: `v2 had no request in the last minute; ${end}`,
    isLate: true,
  });
});

test('says nothing when nothing is missing, or nobody looks', () => {
  expect(analysisOutlook(analysing(200, 1), 60_000)).toBeNull();
  expect(analysisOutlook(analysing(79, 1, 'paused'), 60_000)).toBeNull();
});
