import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { Edges } from './edges.ts';
import { Reader } from './reader.ts';
import { Ring } from './ring.ts';
import { emptySums } from './sums.ts';

const start = Date.UTC(2026, 10, 21, 12);
const edge = { side: 'outbound', source: 'shop', destination: 'orders', version: 'v1', tls: true } as const;
/** Never asked: the rings reach further back than any span here. */
const pool = new pg.Pool({ max: 1 });

function rings(secondsSince: number) {
  return [
    new Ring({ stepMs: 60_000, keptMs: 7_200_000, openMs: 60_000, since: start }),
    new Ring({ stepMs: 10_000, keptMs: 7_200_000, openMs: 30_000, since: start }),
    new Ring({ stepMs: 1_000, keptMs: 300_000, openMs: 15_000, since: secondsSince }),
  ] as const;
}

test('spans that follow each other share nothing and leave nothing out', async () => {
  const second = fc.integer({ min: 0, max: 900 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(second, { minLength: 1, maxLength: 200 }),
      second,
      fc.integer({ min: 1, max: 90_000 }),
      async (requests, secondsSince, stepMs) => {
        const edges = new Edges();
        const id = edges.idOf(edge) ?? 0;
        const all = rings(start + secondsSince * 1_000);
        const now = start + 900_000;
        for (const at of requests) {
          for (const ring of all) ring.add(start + at * 1_000 + 500, id, { ...emptySums(), ok: 1 });
        }
        // Twice: what is packed is read like what is open.
        for (const isTidied of [false, true]) {
          if (isTidied) for (const ring of all) ring.tidy(now);
          const reader = new Reader(edges, all, pool, () => now);
          const to = now + 20_000;
          const whole = await reader.edges({ from: start, to });
          expect(whole[0]?.requests).toBe(requests.length);
          const buckets = await reader.buckets({ from: start, to, stepMs: Math.max(stepMs, 5_000) }, {});
          const sum = buckets.reduce((total, bucket) => total + (bucket.edges[0]?.requests ?? 0), 0);
          expect(sum).toBe(requests.length);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('late counts find their packed bucket, and what is too old is forgotten', () => {
  const [, tens] = rings(start);
  const add = (at: number) => tens.add(at, 0, { ...emptySums(), ok: 1, offset: 3, counts: [1] });
  add(start);
  tens.tidy(start + 60_000);
  add(start + 9_999);
  const seen: number[] = [];
  tens.visit(start, (_edge, { ok, counts }) => seen.push(ok, counts[0] ?? 0));
  expect(seen).toEqual([2, 2]);
  tens.tidy(start + 8_000_000);
  tens.visit(start, () => expect.unreachable());
});
