/** Where nodes stand, by service. Pure: the browser's storage is read and written elsewhere. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrangement {
  readonly points: Readonly<Record<string, Point>>;
  /** Edges the layout knew of; many more later, and it was made too early. */
  readonly edges: number;
  /** Services that had no edge when they were placed: their place means nothing yet. */
  readonly loose: readonly string[];
  /** A person has moved nodes: nothing is laid out anew without being asked. */
  readonly byHand: boolean;
}

export interface GraphShape {
  readonly services: readonly string[];
  readonly edges: readonly { readonly source: string; readonly destination: string }[];
}

export const columnGap = 236;
export const rowGap = 100;

/** Whether the graph has outgrown its arrangement, rather than gained a node or two. */
export function needsLayout(arrangement: Arrangement | undefined, { services, edges }: GraphShape): boolean {
  if (services.length === 0) return false;
  if (arrangement === undefined) return true;
  const missing = services.filter((service) => arrangement.points[service] === undefined).length;
  if (arrangement.byHand) return missing === services.length;
  if (missing >= Math.max(1, services.length / 4)) return true;
  return missing > 0
    ? false
    : edges.length >= 2 * Math.max(1, arrangement.edges) && services.length > 2 && edges.length > 2;
}

/** Takes back the place of services that have got their first edge since, so that they find one beside its other end. */
export function freeLoose(arrangement: Arrangement, { edges }: GraphShape): Arrangement {
  const joined = new Set(edges.flatMap(({ source, destination }) => [source, destination]));
  const found = arrangement.loose.filter((service) => joined.has(service));
  if (found.length === 0) return arrangement;
  const points = Object.fromEntries(
    Object.entries(arrangement.points).filter(([service]) => !found.includes(service)),
  );
  return { ...arrangement, points, loose: arrangement.loose.filter((service) => !joined.has(service)) };
}

/** Services of a graph that nothing joins to another. */
export function looseServices({ services, edges }: GraphShape): string[] {
  const joined = new Set(edges.flatMap(({ source, destination }) => [source, destination]));
  return services.filter((service) => !joined.has(service));
}

/** Gives each service without a place the nearest free one beside its neighbours; moves no other. */
export function placeNew(arrangement: Arrangement, { services, edges }: GraphShape): Arrangement {
  const points: Record<string, Point> = { ...arrangement.points };
  const present = new Set(services);
  for (const service of services) {
    if (points[service] !== undefined) continue;
    const wanted = besideNeighbours(service, edges, points) ?? belowAll(services, points);
    const taken = Object.entries(points).flatMap(([other, point]) => (present.has(other) ? [point] : []));
    points[service] = nearestFree(wanted, taken);
  }
  const added = services.filter((service) => arrangement.points[service] === undefined);
  const loose = new Set(looseServices({ services, edges }));
  return {
    ...arrangement,
    points,
    loose: [...arrangement.loose, ...added.filter((service) => loose.has(service))],
  };
}

/** Right of its callers, or left of those it calls. */
function besideNeighbours(
  service: string,
  edges: GraphShape['edges'],
  points: Readonly<Record<string, Point>>,
): Point | undefined {
  const callers = edges.flatMap(({ source, destination }) =>
    destination === service ? [points[source]] : [],
  );
  const callees = edges.flatMap(({ source, destination }) =>
    source === service ? [points[destination]] : [],
  );
  const left = callers.filter((point) => point !== undefined);
  if (left.length > 0) return { x: Math.max(...left.map(({ x }) => x)) + columnGap, y: mean(left) };
  const right = callees.filter((point) => point !== undefined);
  if (right.length > 0) return { x: Math.min(...right.map(({ x }) => x)) - columnGap, y: mean(right) };
  return undefined;
}

function belowAll(services: readonly string[], points: Readonly<Record<string, Point>>): Point {
  const placed = services.flatMap((service) => points[service] ?? []);
  if (placed.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...placed.map(({ x }) => x)), y: Math.max(...placed.map(({ y }) => y)) + rowGap };
}

function nearestFree(wanted: Point, taken: readonly Point[]): Point {
  for (let step = 0; step < 2_000; step++) {
    // 0, +1, −1, +2, −2 … rows from where it should be.
    const y = wanted.y + (step % 2 === 1 ? 1 : -1) * Math.ceil(step / 2) * rowGap;
    const free = taken.every(
      (point) => Math.abs(point.x - wanted.x) >= columnGap * 0.8 || Math.abs(point.y - y) >= rowGap * 0.8,
    );
    if (free) return { x: wanted.x, y };
  }
  return wanted;
}

function mean(points: readonly Point[]): number {
  return points.reduce((sum, { y }) => sum + y, 0) / points.length;
}
