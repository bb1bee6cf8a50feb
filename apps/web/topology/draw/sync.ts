import type { Core, EdgeSingular, NodeSingular } from 'cytoscape';
import type { GraphEdge, GraphNode, GraphView } from '../graph-view';
import type { Point } from '../layout/positions';
import { labelZoom, manyEdges } from './detail';
import { edgeCurve } from './edge-curve';
import { type EdgeLabel, edgeText, edgeWidth, shownVersions } from './faces';

export interface Layers {
  readonly label: EdgeLabel;
  readonly versions: boolean;
  readonly security: boolean;
}

/** What the elements of the drawing stand for. Kept beside it: Cytoscape restyles an element whatever is set on it. */
export interface Shown {
  readonly nodes: Map<string, GraphNode>;
  readonly edges: Map<string, GraphEdge>;
  label: EdgeLabel;
}

const labelledClasses = ['degraded', 'failing', 'hovered', 'selected'];
const healthClasses = ['idle', 'ok', 'degraded', 'failing'];
const layerClasses = ['secure-all', 'secure-some', 'secure-none', 'secure-unknown'];

/** Makes the drawing say what the view says, touching only what differs. Returns whether anything came, went or moved. */
export function sync(
  cy: Core,
  view: GraphView,
  points: Readonly<Record<string, Point>>,
  layers: Layers,
  shown: Shown,
): boolean {
  let reshaped = false;
  let resized = false;
  shown.label = layers.label;
  cy.batch(() => {
    const present = new Set<string>();
    for (const node of view.nodes) {
      const point = points[node.service];
      if (point === undefined) continue;
      present.add(node.service);
      shown.nodes.set(node.service, node);
      const rows = layers.versions ? shownVersions(node) : 0;
      const drawn = cy.getElementById(node.service);
      if (drawn.empty()) {
        reshaped = true;
        cy.add({
          group: 'nodes',
          data: { id: node.service, rows },
          position: { ...point },
          classes: node.health,
        });
        continue;
      }
      if (drawn.data('rows') !== rows) {
        drawn.data('rows', rows);
        resized = true;
      }
      if (!drawn.hasClass(node.health)) drawn.removeClass(healthClasses.join(' ')).addClass(node.health);
      const { x, y } = drawn.position();
      if ((x !== point.x || y !== point.y) && !drawn.grabbed()) {
        drawn.position({ ...point });
        reshaped = true;
      }
    }
    const busiest = Math.max(0, ...view.edges.map(({ traffic }) => traffic.rate));
    const many = view.edges.length > manyEdges;
    for (const edge of view.edges) {
      if (!present.has(edge.source) || !present.has(edge.destination)) continue;
      present.add(edge.id);
      if (syncEdge(cy, edge, busiest, layers, many, shown)) reshaped = true;
    }
    cy.elements().forEach((element) => {
      if (present.has(element.id())) return;
      reshaped = true;
      shown.nodes.delete(element.id());
      shown.edges.delete(element.id());
      element.remove();
    });
  });
  // After all nodes have their places, for an edge turns where it passes behind none.
  if (reshaped || resized)
    cy.batch(() => {
      for (const edge of cy.edges()) bend(edge as EdgeSingular);
    });
  return reshaped;
}

function syncEdge(
  cy: Core,
  edge: GraphEdge,
  busiest: number,
  layers: Layers,
  many: boolean,
  shown: Shown,
): boolean {
  shown.edges.set(edge.id, edge);
  const width = edgeWidth(edge.traffic.rate, busiest);
  const layer = layers.security ? `secure-${edge.mtls}` : '';
  const drawn = cy.getElementById(edge.id);
  if (drawn.empty()) {
    cy.add({
      group: 'edges',
      data: {
        id: edge.id,
        source: edge.source,
        target: edge.destination,
        secured: layer !== '',
        width,
        label: '',
        distances: '0 0',
        weights: '0.25 0.75',
      },
      classes: [edge.health, layer, many ? 'many' : '', edge.source === edge.destination ? 'self' : '']
        .join(' ')
        .trim(),
    });
    return true;
  }
  if (!drawn.hasClass(edge.health)) drawn.removeClass(healthClasses.join(' ')).addClass(edge.health);
  // A rate is never still; the eye sees no half pixel, and restyling thousands of edges every second costs.
  if (Math.abs(drawn.data('width') - width) >= 0.5) drawn.data('width', width);
  if (isLabelled(drawn)) showLabel(drawn, shown);
  if (layer === '' ? drawn.data('secured') : !drawn.hasClass(layer)) {
    drawn.removeClass(layerClasses.join(' '));
    if (layer !== '') drawn.addClass(layer);
    drawn.data('secured', layer !== '');
  }
  return false;
}

/** Whether this edge says its figures; the style sheet asks the same. */
export function isLabelled(edge: EdgeSingular): boolean {
  return labelledClasses.some((name) => edge.hasClass(name));
}

/** Only labels that can be seen are written and kept up to date: each costs a restyling of its edge. */
export function showLabel(edge: EdgeSingular, { edges, label: which }: Shown): void {
  const known = edges.get(edge.id());
  if (known === undefined || edge.cy().zoom() < labelZoom) return;
  const label = edgeText(known, which);
  if (edge.data('label') !== label) edge.data('label', label);
}

/** Follows its ends, after a layout and while a node is dragged. */
export function bend(edge: EdgeSingular): void {
  if (edge.hasClass('many')) return;
  const others = edge.cy().nodes().difference(edge.connectedNodes());
  const { way, distances, weights } = edgeCurve(
    edge.source().position(),
    edge.target().position(),
    others.map((node) => ({ ...(node as NodeSingular).position(), height: node.height() })),
  );
  if (edge.data('distances') === distances && edge.data('weights') === weights && edge.hasClass(way)) return;
  edge.removeClass('forward same back').addClass(way).data({ distances, weights });
}
