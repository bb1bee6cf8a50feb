import type { GraphView } from '../graph-view';
import { parseFind } from './find.ts';

/** The graph without what was asked away: services with their calls, and calls alone. The same object when nothing was. */
export function withoutHidden(text: string, view: GraphView): GraphView {
  const matches = parseFind(text);
  if (matches === undefined) return view;
  const nodes = view.nodes.filter((node) => !matches({ ...node, names: [node.service] }));
  const left = new Set(nodes.map(({ service }) => service));
  const edges = view.edges.filter((edge) => {
    const { source, destination } = edge;
    return left.has(source) && left.has(destination) && !matches({ ...edge, names: [source, destination] });
  });
  return { ...view, nodes, edges };
}
