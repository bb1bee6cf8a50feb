import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OtlpReceiver } from '../otlp/otlp-receiver.spec-support.ts';
import { ask, http2Client } from '../specs/http2-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, rawClient } from '../specs/services.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tulle-refused-'));
  path = join(folder, 'access.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const logged = (accessLog: 'off' | 'errors') => [
  viewOf('web', [], { policy: { observability: { accessLog } } }),
];

/** What the log holds. */
function lines(): Record<string, unknown>[] {
  const text = readFileSync(path, 'latin1').trim();
  return text.split('\n').map((line) => JSON.parse(line));
}

/** Sends what cannot be read as a request, and returns when it was answered. */
async function sendUnreadable(port: number): Promise<void> {
  const client = await rawClient(port);
  client.send('GET / HTTP/1.1\r\nHost : web\r\n\r\n');
  await client.toEnd();
}

test('leave a line with their code where some service has a log', async () => {
  const { port, plane } = await startOutbound(logged('errors'), { observability: { accessLog: { path } } });
  await sendUnreadable(port);
  await call(port, { host: 'example.com', path: '/a?typed=hush' });
  await call(port, { host: 'orders' });
  await expect(ask(http2Client(port), { ':path': 'no path' })).rejects.toThrow('PROTOCOL_ERROR');
  await expect.poll(() => plane.measurements().observability.accessLog.written).toBe(4);
  const mesh = { side: 'outbound', source: 'caller', outcome: 'meshError' };
  expect(lines()).toMatchObject([
    { ...mesh, status: 400, error: 'bad_request', detail: expect.stringMatching(/./) },
    { ...mesh, status: 404, error: 'unknown_host', authority: 'example.com', method: 'GET', path: '/a' },
    { ...mesh, status: 503, error: 'unknown_service', service: 'orders' },
    { ...mesh, protocol: 'HTTP/2', error: 'bad_request', detail: expect.stringMatching(/./) },
  ]);
  expect(readFileSync(path, 'latin1')).not.toContain('hush');
});

test('leave none where no service has one', async () => {
  const { port, plane } = await startOutbound(logged('off'), { observability: { accessLog: { path } } });
  await sendUnreadable(port);
  await plane.drain(1_000);
  expect(plane.measurements().observability.accessLog).toEqual({ written: 0, dropped: 0, withheld: 0 });
});

test('cannot drown the log: of a flood few lines are left, and the rest is counted', async () => {
  const { port, plane } = await startOutbound(logged('errors'), { observability: { accessLog: { path } } });
  const client = await rawClient(port);
  const many = 2_000;
  const begunAt = performance.now();
  client.socket.end('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'.repeat(many));
  await client.toEnd();
  const tookMs = performance.now() - begunAt;
  const counts = () => plane.measurements().observability.accessLog;
  await expect.poll(() => counts().written + counts().withheld).toBe(many);
  const { written } = counts();
  expect(written).toBeLessThanOrEqual(50 + tookMs / 100 + 1);
  expect(lines()).toHaveLength(written);
});

test('leave a span in the trace they came with', async () => {
  const receiver = await OtlpReceiver.start();
  const { port, plane } = await startOutbound([], { observability: { otlpEndpoint: receiver.url } });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parentSpanId = '00f067aa0ba902b7';
  await call(port, { host: 'orders', headers: { traceparent: `00-${traceId}-${parentSpanId}-01` } });
  await plane.drain(1_000);
  expect(receiver.mistakes).toEqual([]);
  expect(receiver.spans).toMatchObject([
    { traceId, parentSpanId, name: 'GET', attributes: { 'error.type': 'unknown_service' } },
  ]);
});
