import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf, levelOf } from './acknowledged-series.ts';
import { sumSeries } from './sum-series.ts';

const count = fc.nat(1_000);

const series: fc.Arbitrary<SeriesCounters> = fc.record({
  side: fc.constantFrom('inbound', 'outbound'),
  source: fc.constantFrom('web', 'cart'),
  destination: fc.constant('orders'),
  version: fc.constantFrom('v1', 'v2'),
  tls: fc.boolean(),
  requests: count,
  ok: count,
  clientErrors: count,
  serverErrors: count,
  meshErrors: count,
  meshErrorCodes: fc.dictionary(fc.constantFrom('shed', 'timeout'), count),
  retries: count,
  bytesSent: count,
  bytesReceived: count,
  latency: fc
    .record({
      zero: count,
      offset: fc.integer({ min: -20, max: 20 }),
      counts: fc.array(count, { maxLength: 5 }),
      sum: count,
    })
    // What is all in the lowest bucket took no time that counts.
    .map((histogram) => (histogram.counts.some((one) => one > 0) ? histogram : { ...histogram, sum: 0 })),
});
const lists = fc.array(fc.uniqueArray(series, { selector: keyOf }), { maxLength: 4 });

const sumOf = (list: readonly SeriesCounters[], of: (one: SeriesCounters) => number) =>
  list.reduce((sum, one) => sum + of(one), 0);
const codesOf = ({ meshErrorCodes }: SeriesCounters) =>
  Object.values(meshErrorCodes).reduce((sum, one) => sum + one, 0);

it('loses and doubles nothing, and has one entry for each edge', () => {
  fc.assert(
    fc.property(lists, (processes) => {
      const sums = sumSeries(processes);
      const all = processes.flat();
      expect(new Set(sums.map(keyOf)).size).toBe(sums.length);
      for (const sum of sums) {
        const parts = all.filter((one) => keyOf(one) === keyOf(sum));
        for (const of of [levelOf, codesOf, ({ latency }: SeriesCounters) => latency.sum])
          expect(of(sum)).toBe(sumOf(parts, of));
      }
      expect(sumOf(sums, levelOf)).toBe(sumOf(all, levelOf));
    }),
  );
});
