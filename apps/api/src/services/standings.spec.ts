import { expect, test } from 'vitest';
import { standingsOf } from './standings.ts';

const gauges = { rssBytes: 1, cpuPercent: 1, connections: 1, activeRequests: 1, localHealthy: true };

function caller(service: string, endpoint: string, state: string, until: number | null, of = 'orders') {
  const reason = `${state} by ${service}`;
  return { service, gauges: { ...gauges, standings: [{ service: of, endpoint, state, reason, until }] } };
}

test('the agents of a caller that agree are one line, which lasts as long as the last of them says', () => {
  const standings = standingsOf('orders', [
    caller('web', 'orders-1', 'ejected', 2_000),
    caller('web', 'orders-1', 'ejected', 5_000),
    caller('web', 'orders-1', 'unhealthy', null),
    caller('cart', 'orders-1', 'ejected', 1_000),
    caller('cart', 'payment-1', 'ejected', 1_000, 'payment'),
    { service: 'old', gauges },
    { service: 'new', gauges: null },
  ]);
  expect(standings).toEqual([
    {
      endpoint: 'orders-1',
      caller: 'cart',
      state: 'ejected',
      reason: 'ejected by cart',
      agents: 1,
      until: 1_000,
    },
    {
      endpoint: 'orders-1',
      caller: 'web',
      state: 'ejected',
      reason: 'ejected by web',
      agents: 2,
      until: 5_000,
    },
    {
      endpoint: 'orders-1',
      caller: 'web',
      state: 'unhealthy',
      reason: 'unhealthy by web',
      agents: 1,
      until: null,
    },
  ]);
});

test('of a thousand callers a hundred lines are shown', () => {
  const callers = Array.from({ length: 1_000 }, (_, index) =>
    caller(`caller-${index}`, 'orders-1', 'ejected', 1),
  );
  expect(standingsOf('orders', callers)).toHaveLength(100);
});
