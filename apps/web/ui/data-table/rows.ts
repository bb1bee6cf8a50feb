/** Sorting and searching of a table's rows, without React. */
export type SortValue = string | number | null | undefined;

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** `rate` or `-rate`, as it stands in the URL. */
export function parseSort(text: string): Sort | undefined {
  if (text === '' || text === '-') return undefined;
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}

export function formatSort({ key, descending }: Sort): string {
  return descending ? `-${key}` : key;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Keeps the order of equals; what has no value comes last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueIn: (row: Row) => SortValue,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    const a = valueIn(left) ?? null;
    const b = valueIn(right) ?? null;
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  });
}

/** Rows whose text has every word asked for, in any order. */
export function searchRows<Row>(
  rows: readonly Row[],
  textOf: (row: Row) => string,
  asked: string,
): readonly Row[] {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Rows at the places they had; undefined when one has come since. */
export function keepOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  places: ReadonlyMap<string, number>,
): Row[] | undefined {
  const placed = rows.map((row) => ({ row, place: places.get(keyOf(row)) ?? -1 }));
  if (placed.some(({ place }) => place === -1)) return undefined;
  return placed.sort((left, right) => left.place - right.place).map(({ row }) => row);
}
