import type { Point } from '../layout/positions';

export const nodeWidth = 152;
export const nodeHeight = 44;

/** How an edge leaves and enters: rightward, within a column, or back to the left. */
export type Way = 'forward' | 'same' | 'back';

/** A node that edges should not pass behind. */
export interface Obstacle extends Point {
  readonly height: number;
}

export interface EdgeCurve {
  readonly way: Way;
  /** Cytoscape's control points, relative to the line between the ends. */
  readonly distances: string;
  readonly weights: string;
}

const half = nodeWidth / 2;
const sameColumnPull = 46;
/** Between two columns of a fresh layout; long edges change their height within it. */
const gap = 84;

/**
 * A curve that leaves and enters nodes levelly. Of an edge that passes other columns, the height changes right after
 * its source or right before its target when that passes behind fewer nodes.
 */
export function edgeCurve(source: Point, target: Point, others: readonly Obstacle[] = []): EdgeCurve {
  const { way, start, end, controls } = course(source, target, others);
  const placed = controls.map((point) => relative(point, start, end));
  return {
    way,
    distances: placed.map(({ distance }) => distance.toFixed(1)).join(' '),
    weights: placed.map(({ weight }) => weight.toFixed(3)).join(' '),
  };
}

/** A point in the middle of that curve's change of height, to be pointed at. */
export function edgeMiddle(source: Point, target: Point, others: readonly Obstacle[] = []): Point {
  const { controls } = course(source, target, others);
  // The curve passes the middle between two control points.
  const turning = controls.slice(1).findIndex(({ y }, index) => y !== controls[index]?.y);
  const [before = source, after = target] = turning === -1 ? [] : controls.slice(turning);
  return { x: (before.x + after.x) / 2, y: (before.y + after.y) / 2 };
}

function course(source: Point, target: Point, others: readonly Obstacle[]) {
  const way = wayOf(source, target);
  const start = { x: source.x + (way === 'back' ? -half : half), y: source.y };
  const end = { x: target.x + (way === 'forward' ? -half : half), y: target.y };
  const controls = way === 'same' ? bulge(start, end) : clearest(start, end, others);
  return { way, start, end, controls };
}

function wayOf(source: Point, target: Point): Way {
  if (target.x - source.x > nodeWidth) return 'forward';
  return source.x - target.x > nodeWidth ? 'back' : 'same';
}

function bulge(start: Point, end: Point): Point[] {
  const x = Math.max(start.x, end.x) + sameColumnPull;
  return [
    { x, y: start.y },
    { x, y: end.y },
  ];
}

function clearest(start: Point, end: Point, others: readonly Obstacle[]): Point[] {
  const dx = end.x - start.x;
  const sign = Math.sign(dx);
  const pull = sign * Math.min(110, Math.max(28, Math.abs(dx) * 0.42));
  const even = [
    { x: start.x + pull, y: start.y },
    { x: end.x - pull, y: end.y },
  ];
  if (Math.abs(dx) < gap * 2 || others.length === 0) return even;
  const turn = (sign * gap) / 2;
  const early = [
    { x: start.x + turn, y: start.y },
    { x: start.x + turn, y: end.y },
    { x: start.x + 2 * turn, y: end.y },
  ];
  const late = [
    { x: end.x - 2 * turn, y: start.y },
    { x: end.x - turn, y: start.y },
    { x: end.x - turn, y: end.y },
  ];
  const hidden = (controls: Point[]) => nodesPassed([start, ...controls, end], others);
  return [even, early, late].reduce((best, each) => (hidden(each) < hidden(best) ? each : best));
}

/** How many nodes lie over the way, taken as straight between its control points. */
function nodesPassed(way: readonly Point[], others: readonly Obstacle[]): number {
  return others.filter((node) => way.slice(1).some((to, index) => passes(way[index] ?? to, to, node))).length;
}

const margin = 6;

function passes(from: Point, to: Point, node: Obstacle): boolean {
  const reachX = half + margin;
  const reachY = node.height / 2 + margin;
  // Most nodes are nowhere near, and this is asked for every edge of every node.
  if (Math.min(from.x, to.x) - reachX >= node.x || Math.max(from.x, to.x) + reachX <= node.x) return false;
  if (Math.min(from.y, to.y) - reachY >= node.y || Math.max(from.y, to.y) + reachY <= node.y) return false;
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 12);
  for (let step = 0; step <= steps; step++) {
    const share = steps === 0 ? 0 : step / steps;
    const x = from.x + (to.x - from.x) * share;
    const y = from.y + (to.y - from.y) * share;
    if (Math.abs(x - node.x) < reachX && Math.abs(y - node.y) < reachY) return true;
  }
  return false;
}

function relative(point: Point, start: Point, end: Point): { distance: number; weight: number } {
  const dx = end.x - start.x;
  const dy = end.y - start.y;
  const length = Math.hypot(dx, dy) || 1;
  const px = point.x - start.x;
  const py = point.y - start.y;
  return { weight: (px * dx + py * dy) / length ** 2, distance: (py * dx - px * dy) / length };
}
