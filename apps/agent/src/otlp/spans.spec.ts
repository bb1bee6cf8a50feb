import { expect, test } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startOutbound, startPlane, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { call, startService } from '../specs/services.ts';
import { OtlpReceiver } from './otlp-receiver.spec-support.ts';

const loopback = { host: '127.0.0.1', port: 0 };
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';

/** Caller's agent -> agent of `web` -> a service that answers with the trace it was given. */
async function startTraced(otlpEndpoint: string | undefined, tracePercent = 0) {
  const authority = new TestAuthority();
  const service = await startService((request, response) => {
    response.statusCode = request.url === '/fails' ? 500 : 200;
    const { traceparent, tracestate } = request.headers;
    response.end(JSON.stringify({ traceparent, tracestate }));
  });
  const policy = { observability: { tracePercent }, retries: { attempts: 0 } };
  const web = await startPlane({
    self: { service: 'web', version: 'v2', instance: 'web-1' },
    local: { host: '127.0.0.1', port: service },
    inbound: { ...loopback, tls: true },
    observability: { otlpEndpoint },
  });
  web.plane.setIdentity(authority.identity('web'));
  web.plane.apply([viewOf('web', [], { policy })]);
  const caller = await startPlane({ outbound: loopback, observability: { otlpEndpoint } });
  caller.plane.setIdentity(authority.identity('caller'));
  const endpoint = { port: web.ports.inbound ?? 0, tls: true, version: 'v2' };
  caller.plane.apply([viewOf('web', [endpoint], { policy })]);
  return { port: caller.ports.outbound ?? 0, planes: [caller.plane, web.plane] };
}

test('both agents put a span between caller and service, each the parent of the next', async () => {
  const receiver = await OtlpReceiver.start();
  const { port, planes } = await startTraced(receiver.url);
  const headers = { traceparent: `00-${trace}-${parent}-01`, tracestate: 'vendor=1' };
  const { body } = await call(port, { path: '/cart?secret=1', headers });
  for (const plane of planes) await plane.drain(100);
  expect(receiver.mistakes).toEqual([]);
  const client = receiver.spans.find(({ kind }) => kind === 3);
  const server = receiver.spans.find(({ kind }) => kind === 2);
  expect(client).toMatchObject({
    traceId: trace,
    parentSpanId: parent,
    name: 'GET',
    status: {},
    resource: { 'service.name': 'caller' },
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/cart',
      'server.address': 'web',
      'http.response.status_code': 200,
      'tulle.version': 'v2',
      'tulle.tries': 1,
    },
  });
  expect(server).toMatchObject({
    traceId: trace,
    parentSpanId: client?.spanId,
    resource: { 'service.name': 'web', 'service.version': 'v2' },
    attributes: { 'tulle.source': 'caller' },
  });
  expect(JSON.parse(body)).toEqual({
    traceparent: `00-${trace}-${server?.spanId}-01`,
    tracestate: 'vendor=1',
  });
  expect(JSON.stringify(receiver.spans)).not.toContain('secret');
});

test('what is not sampled leaves no span and passes as it came', async () => {
  const receiver = await OtlpReceiver.start();
  const { port, planes } = await startTraced(receiver.url);
  const traceparent = `00-${trace}-${parent}-00`;
  expect(JSON.parse((await call(port, { headers: { traceparent } })).body).traceparent).toBe(traceparent);
  await call(port, {});
  for (const plane of planes) await plane.drain(100);
  expect(receiver.spans).toEqual([]);
});

test('a trace begins here for the share that was asked for; what belonged to a broken one is dropped', async () => {
  const receiver = await OtlpReceiver.start();
  const { port, planes } = await startTraced(receiver.url, 100);
  const headers = { traceparent: 'nonsense', tracestate: 'vendor=1' };
  const { traceparent, tracestate } = JSON.parse((await call(port, { headers })).body);
  for (const plane of planes) await plane.drain(100);
  const root = receiver.spans.find((span) => span.parentSpanId === undefined);
  expect(root?.kind).toBe(3);
  expect(receiver.spans).toHaveLength(2);
  expect(tracestate).toBeUndefined();
  expect(traceparent).toContain(root?.traceId);
});

test('failures are errors of the side that they are failures for', async () => {
  const receiver = await OtlpReceiver.start();
  const { port, planes } = await startTraced(receiver.url, 100);
  await call(port, { path: '/fails' });
  const view = viewOf('gone', [{ port: await reservedPort() }], {
    policy: { observability: { tracePercent: 100 } },
  });
  const other = await startOutbound([view], { observability: { otlpEndpoint: receiver.url } });
  await call(other.port, { host: 'gone' });
  for (const plane of [...planes, other.plane]) await plane.drain(100);
  const errors = receiver.spans.map(({ attributes, status }) => [attributes['error.type'], status.code]);
  expect(errors.sort()).toEqual([
    ['500', 2],
    ['500', 2],
    ['connect_failed', 2],
  ]);
});

test('without a collector no span is made, and the trace stays the caller’s', async () => {
  const { port, planes } = await startTraced(undefined, 100);
  const traceparent = `00-${trace}-${parent}-01`;
  expect(JSON.parse((await call(port, { headers: { traceparent } })).body).traceparent).toBe(traceparent);
  expect(planes.map((plane) => plane.measurements().observability.spans)).toEqual([undefined, undefined]);
});
