import type { GraphView } from './graph-view';

/** What the panel shows; in the URL as `payment` or `checkout->payment`. */
export type Selection =
  | { readonly kind: 'node'; readonly service: string }
  | { readonly kind: 'edge'; readonly source: string; readonly destination: string };

export function parseSelection(text: string): Selection | undefined {
  if (text === '') return undefined;
  const [source = '', destination] = text.split('->', 2);
  if (destination === undefined) return { kind: 'node', service: source };
  return source === '' || destination === '' ? undefined : { kind: 'edge', source, destination };
}

export function selectionId(selection: Selection): string {
  return selection.kind === 'node' ? selection.service : `${selection.source}->${selection.destination}`;
}

/** `checkout → payment`, as edges are named everywhere. */
export function edgeName({ source, destination }: { source: string; destination: string }): string {
  return `${source} → ${destination}`;
}

/** Ids of the selection and what is connected to it; the rest is dimmed. */
export function connectedTo(selection: Selection, { edges }: Pick<GraphView, 'edges'>): Set<string> {
  if (selection.kind === 'edge')
    return new Set([selectionId(selection), selection.source, selection.destination]);
  const ids = new Set([selection.service]);
  for (const { id, source, destination } of edges) {
    if (source !== selection.service && destination !== selection.service) continue;
    ids.add(id).add(source).add(destination);
  }
  return ids;
}
