/** How much a node says: figures go first, then names become initials, then dots. */
export type Detail = 'all' | 'names' | 'initials' | 'dots';

export function detailAt(zoom: number): Detail {
  if (zoom >= 0.62) return 'all';
  if (zoom >= 0.36) return 'names';
  return zoom >= 0.17 ? 'initials' : 'dots';
}
