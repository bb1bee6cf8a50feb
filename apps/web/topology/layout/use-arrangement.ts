'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { GraphView } from '../graph-view';
import { layOut } from './lay-out';
import { type Arrangement, freeLoose, type GraphShape, needsLayout, type Point, placeNew } from './positions';
import { readArrangement, writeArrangement } from './stored-arrangement';

/** Where each node stands: as stored, laid out at first, with new nodes placed beside the others. */
export function useArrangement(view: GraphView | undefined) {
  const [arrangement, setArrangement] = useState<Arrangement>();
  const [read, setRead] = useState(false);
  const [failed, setFailed] = useState(false);
  const shape = useShape(view);

  useEffect(() => {
    setArrangement(readArrangement());
    setRead(true);
  }, []);

  const keep = useCallback((next: Arrangement) => {
    setArrangement(next);
    writeArrangement(next);
  }, []);

  useEffect(() => {
    if (!read || shape === undefined) return;
    let wanted = true;
    if (needsLayout(arrangement, shape)) {
      layOut(shape).then(
        (next) => wanted && keep(next),
        () => wanted && setFailed(true),
      );
    } else if (arrangement !== undefined) {
      const freed = freeLoose(arrangement, shape);
      if (shape.services.some((service) => freed.points[service] === undefined)) keep(placeNew(freed, shape));
    }
    return () => {
      wanted = false;
    };
  }, [read, shape, arrangement, keep]);

  /** Remembers where a person put a node. */
  const move = useCallback((service: string, point: Point) => {
    setArrangement((current) => {
      if (current === undefined) return current;
      const points = { ...current.points, [service]: point };
      const loose = current.loose.filter((other) => other !== service);
      const next = { ...current, byHand: true, points, loose };
      writeArrangement(next);
      return next;
    });
  }, []);

  const layOutAgain = useCallback(async () => {
    if (shape !== undefined) keep(await layOut(shape));
  }, [shape, keep]);

  return { arrangement, failed, move, layOutAgain };
}

/** Changes only when services or edges come or go, not with every figure. */
function useShape(view: GraphView | undefined): GraphShape | undefined {
  const services = view?.nodes.map(({ service }) => service).join(' ');
  const edges = view?.edges.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names stand for the view
  return useMemo(
    () => view && { services: view.nodes.map(({ service }) => service), edges: view.edges },
    [services, edges],
  );
}
