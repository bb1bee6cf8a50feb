import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { EndpointStats } from '../data-plane.ts';
import { WorkerFleet } from './worker-fleet.ts';

const self = { service: 'web', version: 'v1', instance: 'web-1' };
/** A worker that counts nothing by itself, and says what it is told to. */
const program = `process.on('message', ({ say }) => say && process.send(say));`;

function worker(fleet: WorkerFleet) {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  fleet.take(child);
  return {
    async says(endpoints: readonly EndpointStats[]): Promise<void> {
      const stats = { accepted: 0, connected: 0, activeRequests: 0, localHealthy: true, draining: false };
      const counts = { telemetry: [], stats: { ...stats, endpoints }, rssBytes: 0, cpuMs: 0 };
      const heard = once(child, 'message');
      child.send({ say: { type: 'counts', counts } });
      await heard;
    },
    async ends(): Promise<void> {
      const ended = once(child, 'disconnect');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function endpoint(id: string, tries: number, more: Partial<EndpointStats> = {}): EndpointStats {
  const gauges = { connections: 1, idle: 0, pending: 0, active: 1, latencyMs: 5, available: true };
  const counters = { tries, failedTries: 0, failedConnects: 0, ejections: 0 };
  return { service: 'web', endpoint: id, version: 'v1', ...gauges, ...counters, ...more };
}

it('what a worker did of an endpoint stays counted when it ends, while others have the endpoint', async () => {
  const fleet = new WorkerFleet({ self, upstreams: [] }, () => {});
  const [first, second] = [worker(fleet), worker(fleet)];
  await first.says([endpoint('a', 3), endpoint('b', 4)]);
  await second.says([endpoint('a', 5, { available: false, state: 'ejected' })]);
  await first.ends();
  const ofA = { endpoint: 'a', tries: 8, active: 1, connections: 1, available: false, state: 'ejected' };
  expect(fleet.stats(false).endpoints).toMatchObject([ofA]);
  await second.ends();
  expect(fleet.stats(false).endpoints).toEqual([]);
  await worker(fleet).says([endpoint('a', 1)]);
  expect(fleet.stats(false).endpoints).toMatchObject([{ endpoint: 'a', tries: 9, available: true }]);
});
