/** Nearer than this, labels of edges can be read. */
export const labelZoom = 0.62;

/** From here on edges are straight: thousands of curves make panning slow. */
export const manyEdges = 600;

/** How much a node says: figures go first, then names become initials, then dots. */
export type Detail = 'all' | 'names' | 'initials' | 'dots';

export function detailAt(zoom: number): Detail {
  if (zoom >= labelZoom) return 'all';
  if (zoom >= 0.36) return 'names';
  return zoom >= 0.17 ? 'initials' : 'dots';
}
