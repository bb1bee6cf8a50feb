import type { GraphShape, Point } from '../layout/positions';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** How far apart nodes of one column may stand. */
const sameColumn = 110;

/**
 * Where an arrow key leads: right along an edge to what the node calls, left to its callers, up and down within its
 * column. Without an edge that way, to the nearest node there; undefined at the border.
 */
export function nextNode(
  from: string,
  direction: Direction,
  points: Readonly<Record<string, Point>>,
  { services, edges }: GraphShape,
): string | undefined {
  const here = points[from];
  if (here === undefined) return undefined;
  const others = services.flatMap((service) => {
    const point = points[service];
    return point === undefined || service === from
      ? []
      : [{ service, dx: point.x - here.x, dy: point.y - here.y }];
  });
  if (direction === 'ArrowUp' || direction === 'ArrowDown') {
    const sign = direction === 'ArrowUp' ? -1 : 1;
    const beyond = others.filter(({ dy }) => dy * sign > 0);
    const column = beyond.filter(({ dx }) => Math.abs(dx) < sameColumn);
    return nearest(column.length > 0 ? column : beyond, ({ dx, dy }) => Math.abs(dy) + 2 * Math.abs(dx));
  }
  const right = direction === 'ArrowRight';
  const joined = new Set(
    edges.flatMap(({ source, destination }) =>
      right ? (source === from ? [destination] : []) : destination === from ? [source] : [],
    ),
  );
  const along = others.filter(({ service }) => joined.has(service));
  const beyond = others.filter(({ dx }) => (right ? dx : -dx) > sameColumn / 2);
  return nearest(along.length > 0 ? along : beyond, ({ dx, dy }) => Math.abs(dx) + 2 * Math.abs(dy));
}

function nearest<Candidate extends { service: string }>(
  candidates: readonly Candidate[],
  distance: (candidate: Candidate) => number,
): string | undefined {
  return [...candidates].sort(
    (left, right) => distance(left) - distance(right) || left.service.localeCompare(right.service),
  )[0]?.service;
}
