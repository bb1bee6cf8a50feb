import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { EndpointStats } from '../data-plane.ts';
import { WorkerFleet } from './worker-fleet.ts';
import type { WorkerPlaneOptions } from './worker-messages.ts';

function worker(fleet: WorkerFleet) {
  const channel = Object.assign(new EventEmitter(), { connected: true, send: () => true });
  fleet.take(channel as unknown as ChildProcess);
  return {
    says(endpoints: readonly EndpointStats[]) {
      const stats = { accepted: 0, connected: 0, activeRequests: 0, localHealthy: true, draining: false };
      const counts = { telemetry: [], stats: { ...stats, endpoints }, rssBytes: 0, cpuMs: 0 };
      channel.emit('message', { type: 'counts', counts });
    },
    ends: () => channel.emit('disconnect'),
  };
}

function endpoint(id: string, tries: number, more: Partial<EndpointStats> = {}): EndpointStats {
  const gauges = { connections: 1, idle: 0, pending: 0, active: 1, latencyMs: 5, available: true };
  const counters = { tries, failedTries: 0, failedConnects: 0, ejections: 0 };
  return { service: 'web', endpoint: id, version: 'v1', ...gauges, ...counters, ...more };
}

it('what a worker did of an endpoint stays counted when it ends, while others have the endpoint', () => {
  const fleet = new WorkerFleet({} as WorkerPlaneOptions, () => {});
  const [first, second] = [worker(fleet), worker(fleet)];
  first.says([endpoint('a', 3), endpoint('b', 4)]);
  second.says([endpoint('a', 5, { available: false, state: 'ejected' })]);
  first.ends();
  const ofA = { endpoint: 'a', tries: 8, active: 1, connections: 1, available: false, state: 'ejected' };
  expect(fleet.stats(false).endpoints).toMatchObject([ofA]);
  second.ends();
  expect(fleet.stats(false).endpoints).toEqual([]);
  worker(fleet).says([endpoint('a', 1)]);
  expect(fleet.stats(false).endpoints).toMatchObject([{ endpoint: 'a', tries: 9, available: true }]);
});
