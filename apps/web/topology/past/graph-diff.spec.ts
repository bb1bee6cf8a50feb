import { expect, test } from 'vitest';
import { type Calls, graphDiff } from './graph-diff.ts';

function graph(calls: Record<string, [rate: number, errorRate: number]>): Calls {
  const edges = Object.entries(calls).map(([id, [rate, errorRate]]) => {
    const [source = '', destination = ''] = id.split('->');
    return { id, source, destination, traffic: { requests: rate * 60, rate, errorRate } };
  });
  return { edges };
}

test('says which calls came, went, fail or carry more than then, the worst first', () => {
  const then = graph({ 'a->b': [10, 0], 'a->c': [10, 0], 'b->d': [10, 0.5], 'c->d': [4, 0] });
  const now = graph({ 'a->b': [10, 30.84], 'a->c': [16, 0], 'b->d': [11, 0], 'a->e': [1, 0] });
  expect(graphDiff(then, now).map(({ name, words }) => `${name}: ${words}`)).toEqual([
    'a → e: none then, now 1\u2009/s',
    'c → d: 4\u2009/s, now none',
    'a → b: 0\u2009% errors, now 30.8\u2009%',
    'a → c: 10\u2009/s, now 16\u2009/s',
  ]);
});

test('noise is no difference', () => {
  expect(
    graphDiff(graph({ 'a->b': [10, 0.4], 'a->c': [0.1, 0] }), graph({ 'a->b': [13, 0], 'a->c': [0.4, 0] })),
  ).toEqual([]);
});
