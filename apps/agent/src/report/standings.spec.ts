import { mostStandings, reportInputSchema } from '@tulle/mesh/agent-protocol';
import { expect, test } from 'vitest';
import type { EndpointStats } from '../data-plane.ts';
import { standingsOf } from './standings.ts';

function endpoint(
  id: string,
  state: NonNullable<EndpointStats['state']>,
  reason = '',
  forMs?: number,
): EndpointStats {
  return {
    ...{ service: 'orders', endpoint: id, version: 'v1', connections: 1, idle: 1, pending: 0, active: 0 },
    ...{ latencyMs: 1, available: state === 'available', tries: 1, failedTries: 0, failedConnects: 0 },
    ...{ state, reason, forMs, ejections: 0 },
  };
}

test('what is used like the others is not told, the most pressing comes first', () => {
  const told = standingsOf([
    endpoint('a', 'available'),
    endpoint('b', 'warming', '', 1_200.4),
    endpoint('c', 'available', 'on probation: 5 failures in a row'),
    endpoint('d', 'unhealthy', 'status 503'),
    endpoint('e', 'ejected', '5 failures in a row', 4_000),
    endpoint('f', 'connecting-failed', '3 failed attempts to connect', 250),
  ]);
  expect(told).toEqual([
    {
      service: 'orders',
      endpoint: 'f',
      state: 'connecting-failed',
      reason: '3 failed attempts to connect',
      forMs: 250,
    },
    { service: 'orders', endpoint: 'e', state: 'ejected', reason: '5 failures in a row', forMs: 4_000 },
    { service: 'orders', endpoint: 'd', state: 'unhealthy', reason: 'status 503' },
    { service: 'orders', endpoint: 'c', state: 'probation', reason: '5 failures in a row' },
    { service: 'orders', endpoint: 'b', state: 'warming', reason: '', forMs: 1_200 },
  ]);
});

test('nothing is told of a service that was never called, all of one that was, of whichever endpoint', () => {
  const unseen = { ...endpoint('own-1', 'unhealthy', 'status 503'), service: 'own', tries: 0 };
  const untried = { ...endpoint('a', 'unhealthy', 'status 503'), tries: 0 };
  expect(standingsOf([unseen, untried])).toEqual([]);
  const told = standingsOf([unseen, untried, endpoint('b', 'available')]);
  expect(told.map(({ endpoint: id }) => id)).toEqual(['a']);
});

test('however many there are and however long their reasons, the API takes them', () => {
  const many = Array.from({ length: 3 * mostStandings }, (_, index) =>
    endpoint(`${index}`.padEnd(400, 'x'), index % 3 === 0 ? 'ejected' : 'warming', 'r'.repeat(1_000), 1),
  );
  const standings = standingsOf(many);
  expect(standings).toHaveLength(mostStandings);
  expect(standings.every(({ state }) => state === 'ejected')).toBe(true);
  const gauges = {
    ...{ rssBytes: 1, cpuMs: 1, connections: 0, activeRequests: 0, localHealthy: true, standings },
  };
  const report = { epoch: 'epoch-0001', seq: 1, at: 0, series: [], gauges };
  expect(reportInputSchema.parse(report).gauges?.standings).toEqual(standings);
});
