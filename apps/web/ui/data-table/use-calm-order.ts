'use client';

import { useMemo, useRef } from 'react';
import { keepOrder } from './rows';

/** How long rows keep their places while their figures change. */
const calmMs = 10_000;

/**
 * Live figures sort themselves anew every second, and a row that one wants to read or press would move away. Rows keep
 * their order for a while, unless some came or another order was asked for.
 */
export function useCalmOrder<Row>(
  sorted: readonly Row[] | undefined,
  rowKey: (row: Row) => string,
  order: string,
): readonly Row[] | undefined {
  const kept = useRef({ order: '', until: 0, places: new Map<string, number>() });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a key belongs to its row
  return useMemo(() => {
    if (sorted === undefined) return undefined;
    const { current } = kept;
    const calm =
      current.order === order && Date.now() < current.until && keepOrder(sorted, rowKey, current.places);
    if (calm) return calm;
    const places = new Map(sorted.map((row, place) => [rowKey(row), place]));
    kept.current = { order, until: Date.now() + calmMs, places };
    return sorted;
  }, [sorted, order]);
}
