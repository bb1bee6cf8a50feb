import { columnGap, type Point, rowGap } from './positions';

/** Width over height that fills a screen well. */
const wantedAspect = 1.6;
/** Taller than this, a graph is a thread on the screen, and its long columns are folded. */
const tallestAspect = 0.7;

/**
 * Folds the long columns of a large graph into several shorter ones beside each other. The order from top to bottom
 * stays, so that neighbours stay neighbours; graphs that fit a screen are left as they are.
 */
export function foldColumns(points: Readonly<Record<string, Point>>): Readonly<Record<string, Point>> {
  const columns = columnsOf(points);
  const height = extent(Object.values(points).map(({ y }) => y)) + rowGap;
  const width = columns.length * columnGap;
  if (columns.length === 0 || width / height >= tallestAspect) return points;

  const rows = rowsFor(columns.map(({ length }) => length));
  const folded: Record<string, Point> = {};
  let x = 0;
  for (const column of columns) {
    const across = Math.ceil(column.length / rows);
    const down = Math.ceil(column.length / across);
    column.forEach((service, index) => {
      const row = Math.floor(index / across);
      folded[service] = {
        x: x + (index % across) * columnGap,
        y: Math.round((row - (down - 1) / 2) * rowGap),
      };
    });
    x += across * columnGap;
  }
  return folded;
}

/** Services by column from left to right, each from top to bottom. */
function columnsOf(points: Readonly<Record<string, Point>>): string[][] {
  const byX = new Map<number, [string, Point][]>();
  for (const entry of Object.entries(points)) {
    const { x } = entry[1];
    byX.set(x, [...(byX.get(x) ?? []), entry]);
  }
  return [...byX]
    .sort(([left], [right]) => left - right)
    .map(([, column]) => column.sort(([, top], [, bottom]) => top.y - bottom.y).map(([service]) => service));
}

function rowsFor(lengths: readonly number[]): number {
  const longest = Math.max(...lengths);
  for (let rows = 6; rows < longest; rows++) {
    const across = lengths.reduce((sum, length) => sum + Math.ceil(length / rows), 0);
    if ((across * columnGap) / (rows * rowGap) <= wantedAspect) return rows;
  }
  return longest;
}

function extent(values: readonly number[]): number {
  return (
    values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY) -
    values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY)
  );
}
