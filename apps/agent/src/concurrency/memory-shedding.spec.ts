import { expect, it } from 'vitest';
import { PRESSURE, type Pressure } from '../lifecycle/memory-guard.ts';
import { MemoryShedding } from './memory-shedding.ts';
import { exempt, type Priority } from './priority.ts';

const levels = Object.values(PRESSURE);
const priorities: readonly Priority[] = [exempt, 0, 1, 2, 3];

const passing = (pressure: Pressure) =>
  priorities.filter((priority) => !new MemoryShedding().refuses(pressure, priority, 2));

it('refuses what matters least first, and health checks never', () => {
  expect(levels.map(passing)).toEqual([
    [exempt, 0, 1, 2, 3],
    [exempt, 0, 1, 2, 3],
    [exempt, 0, 1, 2],
    [exempt, 0, 1],
    [exempt, 0],
    [exempt, 0],
    [exempt],
  ]);
});

it('lets the only one there is pass, whatever is resident', () => {
  for (const level of levels)
    for (const priority of priorities) expect(new MemoryShedding().refuses(level, priority, 1)).toBe(false);
});

it('counts what it refused by priority', () => {
  const shedding = new MemoryShedding();
  for (const priority of priorities) shedding.refuses(PRESSURE.sheddingLow, priority, 2);
  shedding.refuses(PRESSURE.sheddingLow, 3, 2);
  expect(shedding.refused).toEqual([0, 0, 1, 2]);
});
