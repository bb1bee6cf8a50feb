'use client';

import { type RefObject, useEffect, useRef } from 'react';
import type { GraphView } from '../graph-view';
import type { Arrangement, Point } from '../layout/positions';
import { Drawing } from './drawing';
import classes from './graph-canvas.module.css';
import { Handles } from './handles';
import { useRoles } from './roles';
import type { Layers } from './sync';

interface GraphCanvasProps {
  readonly view: GraphView;
  readonly arrangement: Arrangement;
  readonly layers: Layers;
  readonly selected: string | undefined;
  /** Ids that stay bright; undefined dims nothing. */
  readonly kept: ReadonlySet<string> | undefined;
  readonly drawing: RefObject<Drawing | null>;
  readonly onSelect: (id: string | undefined) => void;
  readonly onMove: (service: string, point: Point) => void;
}

export function GraphCanvas(props: GraphCanvasProps) {
  const { view, arrangement, layers, selected, kept, drawing, onSelect, onMove } = props;
  const container = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const handles = useRef<HTMLDivElement>(null);
  const events = useRef({ onSelect, onMove });
  events.current = { onSelect, onMove };
  const roles = useRoles();
  const ready = roles !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; new roles are given to it below
  useEffect(() => {
    if (!container.current || !canvas.current || !roles) return;
    const made = new Drawing(container.current, canvas.current, roles, {
      onTap: (id) => events.current.onSelect(id),
      onMove: (service, point) => events.current.onMove(service, point),
      onViewport: (pan, zoom) => {
        const style = handles.current?.style;
        if (style === undefined) return;
        style.transform = `translate(${pan.x}px, ${pan.y}px) scale(${zoom})`;
        style.setProperty('--unzoom', String(1 / zoom));
        const ground = container.current?.style;
        ground?.setProperty('--ground-x', `${pan.x}px`);
        ground?.setProperty('--ground-y', `${pan.y}px`);
      },
    });
    drawing.current = made;
    return () => {
      drawing.current = null;
      made.destroy();
    };
  }, [ready]);

  useEffect(() => {
    if (roles) drawing.current?.setRoles(roles);
  }, [roles, drawing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: also when the drawing has just been made
  useEffect(() => {
    drawing.current?.setGraph(view, arrangement.points, layers);
  }, [view, arrangement, layers, drawing, ready]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another thing is selected, not as the graph lives
  useEffect(() => {
    if (selected !== undefined) drawing.current?.reveal(selected);
  }, [selected, drawing, ready]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new elements must be dimmed too
  useEffect(() => {
    drawing.current?.setEmphasis(selected, kept);
  }, [selected, kept, drawing, ready, view.nodes.length, view.edges.length]);

  return (
    <div ref={container} className={classes.ground}>
      <div aria-hidden="true">
        <canvas ref={canvas} className={classes.canvas} />
      </div>
      <Handles
        ref={handles}
        view={view}
        arrangement={arrangement}
        selected={selected}
        onSelect={onSelect}
        onFocus={(id) => drawing.current?.reveal(id)}
      />
    </div>
  );
}
