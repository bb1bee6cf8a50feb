import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Clock } from '../clock.ts';
import { PRESSURE } from '../lifecycle/memory-guard.ts';
import { Observability } from '../record/observability.ts';
import { ProtocolRefusals } from '../record/protocol-refusals.ts';
import { UnreadCaller } from './accept.ts';
import { ActiveExchanges } from './active-exchanges.ts';
import type { CallerEnvironment, Passage } from './passage.ts';
import { Turn } from './turn.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function socketPair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return { near, far };
}

it('the time for a head begins with its first byte, however long the connection rested before', async () => {
  const { near, far } = await socketPair();
  const clock = new Clock();
  clock.now = 0;
  const environment: CallerEnvironment = {
    clock,
    turn: new Turn(),
    active: new ActiveExchanges(),
    callers: new Set(),
    draining: false,
    refusals: new ProtocolRefusals(),
    pressure: PRESSURE.none,
    observability: new Observability(
      {},
      { service: 'web', version: 'v1', instance: 'web-1', agentVersion: '0' },
      silent,
    ),
    headTimeoutMs: 10,
    callerIdleTimeoutMs: 1_000,
  };
  const passage = {} as Passage;
  const caller = new UnreadCaller(near, passage, environment);
  caller.sweep(500);
  expect(near.destroyed).toBe(false);
  clock.now = 500;
  far.write('PR');
  await once(near, 'data');
  caller.sweep(505);
  expect(near.destroyed).toBe(false);
  caller.sweep(510);
  expect(near.destroyed).toBe(true);
});
