'use client';

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from 'nuqs';
import { usePast } from '@/ui/use-view';

const edgeLabels = ['rate', 'errors', 'p95'] as const;

/** What of the graph is shown, all of it in the URL. */
export function useTopologyState() {
  const [layers, setLayers] = useQueryStates({
    edges: parseAsStringLiteral(edgeLabels).withDefault('rate'),
    versions: parseAsBoolean.withDefault(false),
    security: parseAsBoolean.withDefault(false),
    list: parseAsBoolean.withDefault(false),
  });
  const [find, setFind] = useQueryState('find', parseAsString.withDefault(''));
  const [hide, setHide] = useQueryState('hide', parseAsString.withDefault(''));
  const { at, setAt } = usePast();
  // Going back closes the panel, as people expect of what covers a part of the page.
  const [select, setSelect] = useQueryState(
    'select',
    parseAsString.withDefault('').withOptions({ history: 'push' }),
  );
  return {
    layers,
    setLayers: (next: Partial<typeof layers>) => void setLayers(next),
    find,
    setFind: (next: string) => void setFind(next || null),
    hide,
    setHide: (next: string) => void setHide(next || null),
    at,
    setAt,
    select,
    setSelect: (next: string | undefined) => void setSelect(next ?? null),
  };
}

export type TopologyState = ReturnType<typeof useTopologyState>;
export const edgeLabelNames = { rate: 'rate', errors: 'errors', p95: 'p95' } as const;
