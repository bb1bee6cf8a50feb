import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { ask, http2Client, type ServerStream, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { call as http1Call } from '../specs/services.ts';

const authority = new TestAuthority();
const call = {
  ':method': 'POST',
  ':path': '/shop.Orders/Get',
  'content-type': 'application/grpc',
  te: 'trailers',
};
/** One empty message. */
const message = Buffer.from([0, 0, 0, 0, 0]);

/** Answers a message and then with the status its path ends in. */
function answers(stream: ServerStream, path: string | undefined): void {
  const status = path?.split('/').at(-1) ?? '0';
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': 'said so' }));
  stream.end(message);
  stream.resume();
}

describe('gRPC', () => {
  it('the status in the trailers is what both agents count', async () => {
    const service = await startHttp2Service((stream, headers) => answers(stream, headers[':path']));
    const { port, web, caller } = await startPair(authority, service.port, { web: { protocol: 'grpc' } });
    const client = http2Client(port);
    for (const status of [0, 0, 5, 13, 14]) {
      const answer = await ask(client, { ...call, ':path': `/shop.Orders/${status}` }, message);
      expect(answer).toMatchObject({ status: 200, trailers: { 'grpc-status': String(status) } });
    }
    const counted = { requests: 5, ok: 2, clientErrors: 1, serverErrors: 2, meshErrors: 0 };
    expect(web.telemetry()).toMatchObject([counted]);
    expect(caller.telemetry()).toMatchObject([counted]);
  });

  it('what the mesh refuses is a gRPC status, not a page', async () => {
    const { port } = await startOutbound([viewOf('web', [], { protocol: 'grpc' })]);
    const answer = await ask(http2Client(port), call, message);
    expect(answer).toMatchObject({
      status: 200,
      code: 0,
      headers: { 'grpc-status': '14', 'content-type': 'application/grpc', 'x-tulle-error': 'no_endpoint' },
    });
    expect(answer.body).toHaveLength(0);
  });

  it('a call ends when its own timeout says so, in the caller’s words', async () => {
    const service = await startHttp2Service(() => {});
    const { port } = await startPair(authority, service.port, { web: { protocol: 'grpc' } });
    const answer = await ask(http2Client(port), { ...call, 'grpc-timeout': '100m' }, message);
    expect(answer.headers['grpc-status']).toBe('4');
  });

  it('a stream goes on behind the time of a request, through both agents', async () => {
    const service = await startHttp2Service((stream) => {
      stream.resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.write(message);
      setTimeout(() => stream.end(message), 2_400);
    });
    const more = { web: { protocol: 'grpc' as const }, timeouts: { requestMs: 2_000 } };
    const { port } = await startPair(authority, service.port, more);
    const answer = await ask(http2Client(port), call, message);
    expect(answer).toMatchObject({ code: 0, trailers: { 'grpc-status': '0' } });
    expect(answer.body).toHaveLength(2 * message.length);
  });

  it('a status that the policy names is tried again', async () => {
    let calls = 0;
    const service = await startHttp2Service((stream) => {
      stream.resume();
      if (++calls < 3) stream.respond({ ':status': 200, 'grpc-status': '14' }, { endStream: true });
      else answers(stream, '/0');
    });
    const retries = { on: ['unavailable' as const], methods: 'all' as const, backoffBaseMs: 1 };
    const views = [viewOf('web', [{ port: service.port }], { protocol: 'grpc', policy: { retries } })];
    const { port, plane } = await startOutbound(views);
    const answer = await ask(http2Client(port), call, message);
    expect(answer.trailers).toMatchObject({ 'grpc-status': '0' });
    expect(plane.telemetry()).toMatchObject([{ ok: 1, retries: 2, serverErrors: 0 }]);
  });

  it.each(['http2', 'http1'] as const)(
    'gRPC-Web reaches a service that speaks gRPC over %s, and its status comes back as the last frame',
    async (hop) => {
      const bodies: Promise<Buffer>[] = [];
      const service = await startHttp2Service((stream, headers) => {
        expect(headers).toMatchObject({ 'content-type': 'application/grpc+proto', te: 'trailers' });
        bodies.push(buffer(stream));
        answers(stream, '/5');
      });
      const { port, caller } = await startPair(authority, service.port, {
        web: { protocol: 'grpc' },
        policy: { hop },
      });
      const answer = await http1Call(port, {
        method: 'POST',
        headers: { 'content-type': 'application/grpc-web-text+proto' },
        body: message.toString('base64'),
      });
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/grpc-web-text' },
      });
      expect(await Promise.all(bodies)).toEqual([message]);
      const frames = Buffer.concat(
        (answer.body.match(/[^=]+=*/g) ?? []).map((piece) => Buffer.from(piece, 'base64')),
      );
      expect(frames.subarray(0, 5)).toEqual(message);
      expect(frames[5]).toBe(0x80);
      expect(frames.subarray(10).toString()).toContain('grpc-status: 5\r\n');
      expect(caller.telemetry()).toMatchObject([{ clientErrors: 1, ok: 0 }]);
    },
  );

  it('a body that is not the base64 it says it is ends the call, in the caller’s form', async () => {
    const service = await startHttp2Service((stream) => stream.resume());
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'grpc' })]);
    const answer = await http1Call(port, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body: '*not base64*',
    });
    expect(answer.headers).toMatchObject({ 'grpc-status': '13', 'x-tulle-error': 'bad_request' });
  });
});
