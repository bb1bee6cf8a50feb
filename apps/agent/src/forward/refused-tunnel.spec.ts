import { expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { connectHttp2, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { rawClient, startRawService } from '../specs/services.ts';

const upgrade =
  'GET /a HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const next = 'GET /b HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n';

/** Answers each request with its target, as a server does that knows no WebSockets. */
async function startPlainService(fields = '') {
  const targets: string[] = [];
  const service = await startRawService((socket, received) => {
    const target = /^GET (\S+)/.exec(received)?.[1] ?? received;
    targets.push(target);
    socket.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: ${target.length}\r\n\r\n${target}`);
  });
  return { targets, port: service.port };
}

it('gives the answer of a service that passes over the upgrade to a caller behind two agents', async () => {
  const service = await startPlainService();
  const { port } = await startPair(new TestAuthority(), service.port);
  const client = await rawClient(port);
  client.send(upgrade + next);
  const answers = await client.toEnd();
  expect(answers).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\n\/aHTTP\/1.1 200 [\s\S]*\r\n\r\n\/b$/);
  expect(answers).not.toContain('x-tulle-status');
  expect(service.targets).toEqual(['/a', '/b']);
});

it('grants a caller of HTTP/2 no tunnel that the service did not', async () => {
  const service = await startPlainService('X-Tulle-Status: 204\r\n');
  const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
  const client = connectHttp2(port);
  onTestFinished(() => client.destroy());
  const stream = client.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':authority': 'web',
    ':path': '/a',
  });
  stream.write(next);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  stream.on('response', (headers) => resolve([headers[':status'], headers['x-tulle-status']]));
  stream.on('error', () => {});
  expect(await promise).toEqual([502, '200']);
  expect(service.targets).toEqual(['/a']);
});

it('takes no status from a server that is no agent, whose content would be read as the next answer', async () => {
  const { port: servicePort } = await startHttp2Service((stream) => {
    stream.respond({ ':status': 502, 'x-tulle-status': '204' });
    stream.end('no answer');
  });
  const { port } = await startOutbound([viewOf('web', [{ port: servicePort }], { protocol: 'http2' })]);
  const client = await rawClient(port);
  client.send(upgrade + next);
  expect(await client.toEnd()).toMatch(/^HTTP\/1.1 502 [\s\S]*\r\nno answer\r\n0\r\n\r\nHTTP\/1.1 502 /);
});
