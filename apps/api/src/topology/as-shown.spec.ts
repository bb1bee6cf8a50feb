import { expect, test } from 'vitest';
import { asShown } from './as-shown.ts';
import type { TopologyView } from './view.ts';

test('what nobody can see change does not change; what is not all never becomes all', () => {
  const graph = (rate: number, errorRate: number): TopologyView => {
    const figures = { requests: 12_345, p50: 1.2345, p95: null, p99: 98.765 };
    const successRate = 100 - errorRate;
    const traffic = { ...figures, rate, errorRate, successRate, trySuccessRate: successRate / 2 };
    const edge = { id: 'a->b', source: 'a', destination: 'b', health: 'ok', mtls: 'all' } as const;
    return { asOf: 1, windowMs: 60_000, nodes: [], edges: [{ ...edge, traffic }] };
  };
  const one = asShown(graph(19.4123, 0.012_34)).edges;
  expect(one).toEqual(asShown(graph(19.4432, 0.012_33)).edges);
  expect(one[0]?.traffic).toEqual({
    requests: 12_300,
    ...{
      rate: 19.4,
      errorRate: 0.0123,
      successRate: 99.9877,
      trySuccessRate: 50,
      p50: 1.23,
      p95: null,
      p99: 98.8,
    },
  });
  const same = graph(1, 1);
  expect(asShown(same)).toBe(asShown(same));
});
