import cytoscape from 'cytoscape';
import { expect, test } from 'vitest';
import type { GraphNode, GraphView } from '../graph-view';
import { type Layers, type Shown, sync } from './sync.ts';

const layers: Layers = { label: 'rate', versions: false, security: false };
const points = { shop: { x: 0, y: 0 }, orders: { x: 300, y: 0 } };

function view(rate: number, health: 'ok' | 'failing' = 'ok'): GraphView {
  const errorRate = health === 'ok' ? 0 : 40;
  const traffic = {
    requests: 100,
    rate,
    errorRate,
    successRate: 100 - errorRate,
    p50: 5,
    p95: rate,
    p99: 50,
  };
  const nodeOf = (service: string): GraphNode => ({
    service,
    kind: 'service',
    health,
    traffic,
    instances: 1,
    versions: [],
    rollout: null,
  });
  return {
    asOf: 0,
    windowMs: 60_000,
    nodes: [nodeOf('shop'), nodeOf('orders')],
    edges: [
      { id: 'shop->orders', source: 'shop', destination: 'orders', health, traffic, mtls: 'all' },
      { id: 'orders->shop', source: 'orders', destination: 'shop', health, traffic, mtls: 'all' },
    ],
  };
}

/** A drawing that tells how often an element was styled anew. */
function drawn(zoom: number) {
  const cy = cytoscape({ headless: true, styleEnabled: true, zoom });
  const shown: Shown = { nodes: new Map(), edges: new Map(), label: 'rate' };
  const put = (next: GraphView) => sync(cy, next, points, layers, shown);
  put(view(100));
  let styled = 0;
  cy.on('style', 'node, edge', () => styled++);
  return {
    cy,
    shown,
    put(next: GraphView) {
      styled = 0;
      const reshaped = put(next);
      return { reshaped, styled };
    },
  };
}

test('figures alone style nothing anew, however many they are', () => {
  const { put, shown } = drawn(1);
  expect(put(view(101))).toEqual({ reshaped: false, styled: 0 });
  expect(shown.edges.get('shop->orders')?.traffic.rate).toBe(101);
});

test('health does, and its label only where it can be read', () => {
  const near = drawn(1);
  expect(near.put(view(100, 'failing')).styled).toBeGreaterThan(0);
  expect(near.cy.getElementById('shop->orders').data('label')).toContain('40');
  const far = drawn(0.3);
  far.put(view(100, 'failing'));
  expect(far.cy.getElementById('shop->orders').data('label')).toBe('');
  expect(far.put(view(120, 'failing')).styled).toBe(0);
});
