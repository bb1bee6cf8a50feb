import { expect, test } from 'vitest';
import type { GraphEdge } from './graph-view';
import { type GraphStep, graphAfter } from './live-graph';

const none = { set: [], gone: [] };

function edge(id: string, rate: number): GraphEdge {
  const [source = '', destination = ''] = id.split('->');
  const percentiles = { p50: 1, p95: 2, p99: 3 };
  const traffic = { requests: 9, rate, errorRate: 0, successRate: 100, ...percentiles };
  return { id, source, destination, health: 'ok', mtls: 'all', traffic };
}

function step(isWhole: boolean, edges: GraphStep['edges']): GraphStep {
  return { isWhole, asOf: 5, windowMs: 60_000, nodes: none, edges };
}

test('a whole graph begins anew, a step goes on from what is held', () => {
  const first = graphAfter(undefined, step(true, { set: [edge('a->b', 1), edge('b->c', 1)], gone: [] }));
  const next = graphAfter(first, step(false, { set: [edge('a->c', 2)], gone: ['b->c'] }));
  expect(next?.edges.map(({ id }) => id)).toEqual(['a->b', 'a->c']);
  // What has not changed need not be looked at again.
  expect(next?.edges[0]).toBe(first?.edges[0]);
  const anew = graphAfter(next, step(true, { set: [edge('x->y', 1)], gone: [] }));
  expect(anew?.edges.map(({ id }) => id)).toEqual(['x->y']);
});

test('what changed of a graph that is not held says nothing', () => {
  expect(graphAfter(undefined, step(false, { set: [edge('a->b', 1)], gone: [] }))).toBeUndefined();
});
