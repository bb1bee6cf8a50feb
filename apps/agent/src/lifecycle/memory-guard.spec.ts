import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { MemoryUse, memoryAllowed, nextPressure, PRESSURE, type Pressure } from './memory-guard.ts';

it('rises at its thresholds, and falls when clearly below them', () => {
  expect(nextPressure(PRESSURE.none, 0.79)).toBe(PRESSURE.none);
  expect(nextPressure(PRESSURE.none, 0.8)).toBe(PRESSURE.tight);
  expect(nextPressure(PRESSURE.none, 0.84)).toBe(PRESSURE.sheddingLeast);
  expect(nextPressure(PRESSURE.none, 0.87)).toBe(PRESSURE.sheddingLow);
  expect(nextPressure(PRESSURE.none, 0.9)).toBe(PRESSURE.sheddingNormal);
  expect(nextPressure(PRESSURE.none, 0.95)).toBe(PRESSURE.shedding);
  expect(nextPressure(PRESSURE.none, 1.2)).toBe(PRESSURE.full);
  expect(nextPressure(PRESSURE.shedding, 0.91)).toBe(PRESSURE.shedding);
  expect(nextPressure(PRESSURE.shedding, 0.89)).toBe(PRESSURE.sheddingNormal);
  expect(nextPressure(PRESSURE.shedding, 0.78)).toBe(PRESSURE.tight);
  expect(nextPressure(PRESSURE.full, 0.1)).toBe(PRESSURE.none);
});

it('is never lower for more memory, and settles at once', () => {
  const levels = fc.constantFrom<Pressure>(...Object.values(PRESSURE));
  const share = fc.double({ min: 0, max: 2, noNaN: true });
  fc.assert(
    fc.property(levels, share, share, (former, one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(nextPressure(former, less)).toBeLessThanOrEqual(nextPressure(former, more));
      const next = nextPressure(former, one);
      expect(nextPressure(next, one)).toBe(next);
    }),
  );
});

it('lets requests in when JavaScript holds little, however much is resident', () => {
  const use = new MemoryUse(200);
  const of = (rss: number, live: number) =>
    use.usedOf({ rss, heapTotal: live, external: 0, heapUsed: 0, arrayBuffers: 0 });
  expect(of(100, 20)).toBe(100);
  expect(of(210, 70)).toBe(210);
  expect(nextPressure(PRESSURE.full, of(210, 35) / 200)).toBe(PRESSURE.tight);
  expect(of(210, 36)).toBe(210);
  expect(of(110, 20)).toBe(110);
});

it('finds the limit of control groups of both versions, by their own name or as the root of a container', () => {
  const allowed = (groups: string, files: Record<string, string>) => {
    const root = temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), `${text}\n`);
    }
    return memoryAllowed(root, groups);
  };
  expect(allowed('0::/pod/a\n', { 'pod/a/memory.max': '512' })).toBe(512);
  expect(allowed('0::/host/name\n', { 'memory.max': '512' })).toBe(512);
  expect(allowed('0::/pod/a\n', { 'pod/a/memory.max': 'max' })).toBe(undefined);
  const both = '9:name=systemd:/\n4:memory:/docker/a\n0::/\n';
  expect(allowed(both, { 'memory/docker/a/memory.limit_in_bytes': '512' })).toBe(512);
  expect(allowed(both, { 'memory/memory.limit_in_bytes': '512' })).toBe(512);
  expect(allowed(both, { 'memory/memory.limit_in_bytes': '9223372036854771712' })).toBe(undefined);
  expect(allowed('', {})).toBe(undefined);
});
