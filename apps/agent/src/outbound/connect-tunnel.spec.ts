import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { defaultPolicy } from '@tulle/mesh/policy';
import type { ServiceView } from '@tulle/mesh/service-view';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LiveDataPlane } from '../live-data-plane.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const orders = createServer((request, response) => {
  response.end(JSON.stringify({ url: request.url, host: request.headers.host }));
});
let plane: LiveDataPlane;
let proxy: number;

beforeEach(async () => {
  orders.listen(0, '127.0.0.1');
  await once(orders, 'listening');
  plane = new LiveDataPlane({
    self: { service: 'caller', version: 'v1', instance: 'caller-1' },
    outbound: { host: '127.0.0.1', port: 0 },
    upstreams: [],
    logger: quiet,
  });
  plane.apply([viewOf((orders.address() as AddressInfo).port)]);
  proxy = (await plane.listen()).outbound ?? 0;
});
afterEach(async () => {
  await plane.drain(100);
  orders.closeAllConnections();
  orders.close();
});

function viewOf(port: number): ServiceView {
  const { kind: _kind, service: _service, ...policy } = defaultPolicy('orders');
  const endpoint = { id: 'orders-1', version: 'v1', host: '127.0.0.1', port, tls: false };
  return { service: 'orders', protocol: 'http', port: 80, policy, endpoints: [endpoint] };
}

test("Node's own fetch, told of the proxy by its environment alone, reaches a service through a tunnel", async () => {
  const url = `http://127.0.0.1:${proxy}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-e', "fetch('http://orders/x?y=1').then((r) => r.text()).then((t) => console.log(t))"],
    {
      env: { PATH: process.env.PATH, HTTP_PROXY: url, http_proxy: url, NODE_USE_ENV_PROXY: '1' },
      timeout: 15_000,
    },
  );
  expect(JSON.parse(stdout)).toEqual({ url: '/x?y=1', host: 'orders.mesh' });
  const counted = plane.telemetry().filter((series) => series.requests > 0);
  expect(counted).toMatchObject([{ destination: 'orders', version: 'v1', requests: 1, ok: 1 }]);
});

test('every request of a tunnel is routed and counted, and bytes that are not HTTP are refused', async () => {
  const socket = connect(proxy, '127.0.0.1');
  socket.end(
    'CONNECT orders:80 HTTP/1.1\r\nhost: orders:80\r\n\r\n' +
      'GET /1 HTTP/1.1\r\nhost: orders\r\n\r\nGET /2 HTTP/1.1\r\nhost: orders\r\n\r\n\x16\x03\x01 not http\r\n\r\n',
  );
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"/1"');
  expect(answer).toContain('"/2"');
  expect(answer).toContain('HTTP/1.1 400 ');
});

test('a tunnel to what is no service of the mesh is refused', async () => {
  const socket = connect(proxy, '127.0.0.1');
  socket.end('CONNECT bank.example.com:443 HTTP/1.1\r\nhost: bank.example.com:443\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 (4|5)\d\d /);
});

test('what follows a tunnel that is refused is no request, and its connection ends', async () => {
  const socket = connect(proxy, '127.0.0.1');
  socket.write(
    'CONNECT bank.example.com:443 HTTP/1.1\r\nhost: bank.example.com:443\r\n\r\n' +
      'GET /1 HTTP/1.1\r\nhost: orders\r\nconnection: close\r\n\r\n',
  );
  const answers = await text(socket);
  expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 501']);
  expect(answers).toContain('\r\nconnection: close\r\n');
});
