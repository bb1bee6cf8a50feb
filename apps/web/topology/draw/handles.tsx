'use client';

import { type Health, healthStates } from '@tulle/mesh/health';
import { type KeyboardEvent, memo, type Ref, useMemo, useRef, useState } from 'react';
import { healthWords } from '@/ui/status-tag';
import type { GraphEdge, GraphView } from '../graph-view';
import { type Direction, nextNode } from '../keyboard/next-node';
import type { Arrangement, GraphShape } from '../layout/positions';
import { edgeName } from '../selection';
import { manyEdges } from './detail';
import { edgeMiddle, nodeHeight } from './edge-curve';
import classes from './graph-canvas.module.css';

interface HandlesProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly view: GraphView;
  readonly arrangement: Arrangement;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onFocus: (id: string) => void;
}

/** What the buttons are made of: the same object until one comes, goes, or fares better or worse. */
interface Buttoned extends GraphShape {
  readonly edges: readonly GraphEdge[];
  readonly health: ReadonlyMap<string, Health>;
}

/**
 * A button over every node and edge: what is painted on a canvas is reached by keyboard, screen readers and tests
 * through these. The mouse goes through them to the graph, which bubbles from its own container.
 */
export function Handles({ ref, view, arrangement, selected, onSelect, onFocus }: HandlesProps) {
  const list = useRef<HTMLDivElement>(null);
  const services = view.nodes.map(({ service }) => service);
  const nodeKeys = view.nodes.map(({ service, health }) => `${service} ${health}`);
  const key = `${nodeKeys}|${view.edges.map(({ id, health, mtls }) => `${id} ${health} ${mtls}`)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the view; figures change every second
  const shape = useMemo<Buttoned>(() => {
    const health = new Map(view.nodes.map((node) => [node.service, node.health]));
    return { services, edges: view.edges, health };
  }, [key]);
  const [current, setCurrent] = useState<string>();
  const tabStop = current !== undefined && services.includes(current) ? current : services[0];

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.key === 'Escape') onSelect(undefined);
    if (!event.key.startsWith('Arrow') || current === undefined) return;
    const next = nextNode(current, event.key as Direction, arrangement.points, shape);
    if (next === undefined) return;
    event.preventDefault();
    list.current
      ?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)
      ?.focus({ preventScroll: true });
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble here from the buttons within
    <div ref={ref} className={classes.handles} onKeyDown={onKeyDown}>
      <Descriptions />
      <div ref={list}>
        <Buttons
          shape={shape}
          arrangement={arrangement}
          tabStop={tabStop}
          selected={selected}
          onSelect={onSelect}
          onFocus={(id, service) => {
            if (service !== undefined) setCurrent(service);
            onFocus(id);
          }}
        />
      </div>
    </div>
  );
}

/** What is said of the buttons after their names. The colours on the canvas say the same. */
function Descriptions() {
  return (
    <div hidden>
      {healthStates.map((health) => (
        <span key={health} id={healthId(health)}>
          {healthWords[health].word}
        </span>
      ))}
      <span id={openId}>without mutual TLS</span>
    </div>
  );
}

const openId = 'graph-call-open';

function healthId(health: Health): string {
  return `graph-health-${health}`;
}

function describedBy({ health, mtls }: GraphEdge): string {
  const isOpen = mtls === 'none' || mtls === 'some';
  return isOpen ? `${healthId(health)} ${openId}` : healthId(health);
}

interface ButtonsProps {
  readonly shape: Buttoned;
  readonly arrangement: Arrangement;
  readonly tabStop: string | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onFocus: (id: string, service?: string) => void;
}

const Buttons = memo(
  function Buttons({ shape, arrangement, tabStop, selected, onSelect, onFocus }: ButtonsProps) {
    const { points } = arrangement;
    const nodes = shape.services.flatMap((service) => {
      const point = points[service];
      return point === undefined ? [] : [{ ...point, service, height: nodeHeight }];
    });
    const othersThan = (...ends: string[]) => nodes.filter(({ service }) => !ends.includes(service));
    const isAt = (source: string, destination: string) => source === tabStop || destination === tabStop;
    const many = shape.edges.length > manyEdges;
    // Thousands of buttons are slow to lay out; the calls of a service are there when one is at it.
    const calls = many
      ? shape.edges.filter(
          ({ source, destination }) => isAt(source, destination) || `${source}->${destination}` === selected,
        )
      : shape.edges;
    return (
      <>
        <ul aria-label="Services">
          {shape.services.map((service) => {
            const point = points[service];
            return (
              point && (
                <li key={service}>
                  <button
                    type="button"
                    className={classes.node}
                    style={{ left: point.x, top: point.y }}
                    data-node={service}
                    title={service}
                    aria-describedby={healthId(shape.health.get(service) ?? 'idle')}
                    tabIndex={service === tabStop ? 0 : -1}
                    aria-pressed={service === selected}
                    onFocus={() => onFocus(service, service)}
                    onClick={(event) => event.detail === 0 && onSelect(service)}
                  >
                    {service}
                  </button>
                </li>
              )
            );
          })}
        </ul>
        <ul aria-label="Calls">
          {calls.map((call) => {
            const { source, destination } = call;
            const from = points[source];
            const to = points[destination];
            if (from === undefined || to === undefined) return null;
            const id = `${source}->${destination}`;
            const { x, y } = many
              ? { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
              : edgeMiddle(from, to, othersThan(source, destination));
            return (
              <li key={id}>
                <button
                  type="button"
                  className={classes.edge}
                  style={{ left: x, top: y }}
                  // The edges of the node one is at follow it.
                  tabIndex={isAt(source, destination) ? 0 : -1}
                  aria-pressed={id === selected}
                  aria-describedby={describedBy(call)}
                  onFocus={() => onFocus(id)}
                  onClick={(event) => event.detail === 0 && onSelect(id)}
                >
                  {edgeName({ source, destination })}
                </button>
              </li>
            );
          })}
        </ul>
      </>
    );
  },
  (before, after) =>
    before.shape === after.shape &&
    before.arrangement === after.arrangement &&
    before.tabStop === after.tabStop &&
    before.selected === after.selected,
);
