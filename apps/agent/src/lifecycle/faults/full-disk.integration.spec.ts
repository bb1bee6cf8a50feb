import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPolicy } from '@tulle/mesh/policy';
import { expect, onTestFinished, test } from 'vitest';
import { readChecksummed } from '../../config-store/checksummed-file.ts';
import { callThrough, launchSpecAgent, startEcho, viewOf } from '../../control/spec-api/spec-agent.ts';
import { SpecApi } from '../../control/spec-api/spec-api.ts';
import { call } from '../../specs/services.ts';
import { mayMount, SmallDisk } from './full-disk.spec-support.ts';

async function startApi(): Promise<SpecApi> {
  const api = new SpecApi();
  await api.start();
  onTestFinished(() => api.stop());
  return api;
}

/** A service of that name, and the view that leads to it; every request leaves a line. */
async function startService(name: string, answer: string) {
  const echo = await startEcho(answer);
  onTestFinished(echo.close);
  const endpoint = { id: answer, version: 'v1', host: '127.0.0.1', port: echo.port, tls: false };
  const { observability } = defaultPolicy(name);
  const view = viewOf(name, [endpoint]);
  const policy = { ...view.policy, observability: { ...observability, accessLog: 'all' as const } };
  return { ...view, policy };
}

function read(path: string): string {
  const result = readChecksummed(path);
  return result.state === 'read' ? JSON.stringify(result.value) : result.state;
}

async function metric(port: number, name: string): Promise<number> {
  const { body } = await call(port, { host: 'localhost', path: '/metrics' });
  return Number(
    body
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

test.skipIf(!mayMount)(
  'a full disk stops nothing, loses nothing that was told, and is made up for',
  async () => {
    const disk = new SmallDisk(256);
    const [dataDir, accessLog] = [join(disk.path, 'data'), join(disk.path, 'access.log')];
    const api = await startApi();
    api.setView(viewOf('web'));
    api.setView(await startService('orders', 'before'));
    const flags = { service: 'web', upstreams: 'orders', api: api.url, dataDir, accessLog, dnsPort: 0 };
    const first = await launchSpecAgent({ ...flags, token: api.token() });
    await first.agent.whenReady(60_000);
    expect((await callThrough(first, 'orders')).body).toBe('before');
    await expect.poll(() => read(join(dataDir, 'config.json'))).toContain('before');
    await expect.poll(() => read(join(dataDir, 'loopback-addresses.json'))).toContain('orders');
    await expect.poll(() => existsSync(accessLog)).toBe(true);

    disk.fill();
    api.setView(await startService('orders', 'after'));
    api.setView(await startService('payment', 'payment'));
    await api.acked();
    const isAfter = async () => (await callThrough(first, 'orders')).body;
    await expect.poll(isAfter).toBe('after');
    // A service that was never called: its address is new, and so is its place in the configuration.
    await expect.poll(async () => (await callThrough(first, 'payment')).body).toBe('payment');
    const complained = (text: string) => first.complaints.filter((line) => line.includes(text)).length;
    await expect.poll(() => complained('the counters could not be written')).toBe(1);
    await expect(first.agent.writeBundle()).rejects.toThrow('ENOSPC');
    expect(existsSync(join(dataDir, 'diagnostics')) ? readdirSync(join(dataDir, 'diagnostics')) : []).toEqual(
      [],
    );
    const admin = first.agent.ports.admin ?? 0;
    // The last page of the file still takes some lines.
    const droppedLines = async () => {
      await callThrough(first, 'orders');
      return await metric(admin, 'tulle_access_log_lines_total{result="dropped"}');
    };
    await expect.poll(droppedLines).toBeGreaterThan(1);
    const failures = await metric(admin, 'tulle_store_failures_total');
    expect(failures).toBeGreaterThan(0);
    // Tried again and again, spoken of once.
    await expect.poll(() => metric(admin, 'tulle_store_failures_total')).toBeGreaterThan(failures + 6);
    expect(complained('the configuration could not be stored')).toBe(1);
    expect(complained('the counters could not be written')).toBe(1);
    expect(complained('the addresses of services could not be stored')).toBe(1);
    expect(complained('the access log cannot be written')).toBe(1);
    expect(read(join(dataDir, 'config.json'))).toContain('before');

    const lines = readFileSync(accessLog, 'utf8').split('\n').length;
    disk.free();
    await expect.poll(() => read(join(dataDir, 'config.json'))).toContain('after');
    await expect.poll(() => read(join(dataDir, 'loopback-addresses.json'))).toContain('payment');
    const counted = () =>
      readdirSync(join(dataDir, 'telemetry')).map((name) => read(join(dataDir, 'telemetry', name)));
    await expect.poll(() => counted().join()).toContain('payment');
    expect((await callThrough(first, 'orders')).body).toBe('after');
    await expect.poll(() => readFileSync(accessLog, 'utf8').split('\n').length).toBeGreaterThan(lines);
    await api.stop();
    disk.fill();
    await first.stop();

    // Nor is the disk needed to begin again, but for the lock.
    const second = await launchSpecAgent(flags);
    onTestFinished(() => second.stop());
    expect((await callThrough(second, 'orders')).body).toBe('after');
    expect(second.complaints.join()).not.toContain('ignored');
  },
);
