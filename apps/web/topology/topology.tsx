'use client';

import { Button } from '@mantine/core';
import { useCallback, useDeferredValue, useMemo, useRef } from 'react';
import { EmptyState, ErrorState } from '@/ui/states';
import type { Drawing } from './draw/drawing';
import { GraphCanvas } from './draw/graph-canvas';
import type { Layers } from './draw/sync';
import { EmptyMesh } from './empty-mesh';
import { foundIds } from './find/found-ids';
import { withoutHidden } from './find/without-hidden';
import { GraphList, GraphListSkeleton } from './graph-list';
import { GraphSkeleton } from './graph-skeleton';
import { useArrangement } from './layout/use-arrangement';
import { Legend } from './legend';
import { Panel } from './panel/panel';
import { PastStrip } from './past/past-strip';
import { usePastGraph } from './past/use-past-graph';
import { connectedTo, parseSelection, selectionId } from './selection';
import { Toolbar } from './toolbar';
import classes from './topology.module.css';
import { useTopologyState } from './url-state';
import { useLiveGraph } from './use-live-graph';

export function Topology() {
  const state = useTopologyState();
  const { at, setAt } = state;
  const live = useLiveGraph();
  const past = usePastGraph(at);
  const graph = at === null ? live : past;
  const whole = graph.data;
  const hide = useDeferredValue(state.hide);
  const view = useMemo(() => whole && withoutHidden(hide, whole), [hide, whole]);
  const { arrangement, failed, move, layOutAgain } = useArrangement(whole);
  const drawing = useRef<Drawing>(null);
  const { edges: label, versions, security, list } = state.layers;
  const layers = useMemo<Layers>(() => ({ label, versions, security }), [label, versions, security]);

  const selection = useMemo(() => parseSelection(state.select), [state.select]);
  const find = useDeferredValue(state.find);
  const found = useMemo(() => view && foundIds(find, view), [find, view]);
  const kept = useKept(view && (found ?? (selection && connectedTo(selection, view))));

  const { setSelect } = state;
  const select = useCallback((id: string | undefined) => setSelect(id), [setSelect]);

  if (view === undefined && graph.error)
    return <ErrorState error={graph.error} what="The topology" onRetry={() => void graph.refetch()} />;
  if (whole !== undefined && whole.nodes.length === 0) return <EmptyMesh />;

  const drawable = view !== undefined && arrangement !== undefined && !list;
  return (
    <div className={classes.topology} data-panel={selection !== undefined} data-past={at !== null}>
      <section className={classes.graph} aria-label="Service graph">
        <h1 className={classes.hidden}>Topology</h1>
        {drawable && (
          <GraphCanvas
            view={view}
            arrangement={arrangement}
            layers={layers}
            selected={selection && selectionId(selection)}
            kept={kept}
            drawing={drawing}
            onSelect={select}
            onMove={move}
          />
        )}
        {view !== undefined && (list || failed) && <GraphList view={view} found={found} />}
        {view !== undefined && !list && !arrangement && !failed && (
          <GraphSkeleton words="Laying out the graph" />
        )}
        {view === undefined && !list && <GraphSkeleton words="Loading the graph" />}
        {view === undefined && list && <GraphListSkeleton />}
        <Toolbar
          state={state}
          found={
            found === undefined || !drawable
              ? undefined
              : { count: found.size, onShow: () => drawing.current?.focus(found) }
          }
          onFit={() => drawing.current?.fit()}
          onZoom={(factor) => drawing.current?.zoomBy(factor)}
          onLayOut={() => void layOutAgain().then(() => drawing.current?.fit())}
        />
        {view?.nodes.length === 0 && (
          <div className={classes.allHidden}>
            <EmptyState title={`“${hide}” hides every service`}>
              <Button onClick={() => state.setHide('')}>Hide nothing</Button>
            </EmptyState>
          </div>
        )}
        {at !== null && (
          <PastStrip at={at} then={whole} now={live.data} onSelect={select} onNow={() => setAt(null)} />
        )}
        {whole !== undefined && view !== undefined && !list && (
          <Legend
            view={whole}
            hidden={whole.nodes.length - view.nodes.length}
            security={security}
            label={label}
          />
        )}
      </section>
      {selection !== undefined && whole !== undefined && (
        <Panel
          key={selectionId(selection)}
          selection={selection}
          view={whole}
          isPast={at !== null}
          onClose={() => select(undefined)}
          onFocus={() => drawing.current?.focus(connectedTo(selection, whole))}
        />
      )}
    </div>
  );
}

/** The same set as before while its members are the same, so that a second without news redraws nothing. */
function useKept(ids: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  const key = ids && [...ids].sort().join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the members stand for the set
  return useMemo(() => ids, [key]);
}
