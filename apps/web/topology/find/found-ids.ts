import type { GraphView } from '../graph-view';
import { parseFind } from './find';

/** Ids of the nodes and edges asked for, with the ends of those edges; undefined when nothing is asked. */
export function foundIds(text: string, { nodes, edges }: GraphView): Set<string> | undefined {
  const matches = parseFind(text);
  if (matches === undefined) return undefined;
  const ids = new Set<string>();
  for (const node of nodes) if (matches({ ...node, names: [node.service] })) ids.add(node.service);
  for (const edge of edges) {
    const { id, source, destination } = edge;
    if (matches({ ...edge, names: [source, destination] })) ids.add(id).add(source).add(destination);
  }
  return ids;
}
