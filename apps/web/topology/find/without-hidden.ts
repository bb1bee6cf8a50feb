import { type Findable, parseFind } from './find.ts';

type Hideable = Omit<Findable, 'names'>;

/** As much of a graph as can be hidden. */
interface HideableGraph {
  readonly nodes: readonly (Hideable & { readonly service: string })[];
  readonly edges: readonly (Hideable & { readonly source: string; readonly destination: string })[];
}

/** The graph without what was asked away: services with their calls, and calls alone. The same object when nothing was. */
export function withoutHidden<View extends HideableGraph>(text: string, view: View): View {
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
