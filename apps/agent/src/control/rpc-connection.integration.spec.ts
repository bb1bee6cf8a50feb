import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { makeCertificateRequest } from '../identity/certificate-request.ts';
import { sessionTls } from './api-tls.ts';
import { join } from './join.ts';
import { RpcConnection } from './rpc-connection.ts';
import { SpecApi } from './spec-api/spec-api.ts';

const self = { service: 'orders', version: 'v1', instance: 'orders-1' };
const request = await makeCertificateRequest(self.instance);
let api: SpecApi;

beforeEach(async () => {
  api = new SpecApi();
  await api.start();
});

afterEach(async () => {
  await api.stop();
});

async function open(options: { heartbeatMs?: number; callTimeoutMs?: number } = {}): Promise<RpcConnection> {
  const identity = await join(new URL(api.url), api.token(), self, request);
  const url = new URL(`${api.url.replace('https', 'wss')}/trpc`);
  return await RpcConnection.open({ url, tls: sessionTls(identity), ...options });
}

test('a peer that has gone silent is given up', async () => {
  const connection = await open({ heartbeatMs: 30 });
  api.freeze();
  expect(await connection.closed).toMatchObject({ code: 'unavailable', message: 'The API has gone silent.' });
});

test('a peer that answers heartbeats is kept', async () => {
  const connection = await open({ heartbeatMs: 2_000 });
  // Long enough for two heartbeats, and of every length of frame.
  const end = performance.now() + 4_500;
  for (let round = 0; performance.now() < end; round = (round + 37) % 1_000) {
    const services = Array.from({ length: round + 1 }, (_, index) => `${'s'.repeat(55)}${index}`);
    await connection.mutate('agents.watch', { services }, z.unknown());
  }
  await api.stop();
  expect((await connection.closed).message).toMatch(/was closed/);
});

test('calls under way fail when the connection ends', async () => {
  const connection = await open();
  api.freeze();
  const call = connection.mutate('agents.watch', { services: ['orders'] }, z.unknown());
  api.dropConnections();
  await expect(call).rejects.toMatchObject({ code: 'unavailable' });
  await expect(connection.mutate('agents.watch', {}, z.unknown())).rejects.toMatchObject({
    code: 'unavailable',
  });
});

test('a call that takes too long fails alone', async () => {
  const connection = await open({ callTimeoutMs: 20 });
  api.freeze();
  const call = connection.mutate('agents.watch', { services: ['orders'] }, z.unknown());
  await expect(call).rejects.toMatchObject({ code: 'timeout' });
});

test('a certificate of another mesh does not open a connection', async () => {
  const other = new SpecApi();
  await other.start();
  const identity = await join(new URL(other.url), other.token(), self, request);
  await other.stop();
  const url = new URL(`${api.url.replace('https', 'wss')}/trpc`);
  await expect(RpcConnection.open({ url, tls: sessionTls(identity) })).rejects.toMatchObject({
    code: 'untrusted_api',
  });
});
