import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { ask, http2Client, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const authority = new TestAuthority();
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('HTTP/2 in, HTTP/1.1 out', () => {
  it('a request arrives as HTTP/1.1 would have said it, its cookies in one field', async () => {
    const seen = Promise.withResolvers<object>();
    const service = await startService((request, response) => {
      seen.resolve({ method: request.method, url: request.url, headers: request.headers });
      response.setHeader('x-answer', 'yes').end('hello');
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const answer = await ask(http2Client(port), {
      ':path': '/a?b=c',
      cookie: ['a=1', 'b=2'],
      'x-custom': 'kept',
      'x-tulle-source': 'lie',
    });
    expect(answer).toMatchObject({ status: 200, code: 0, headers: { 'x-answer': 'yes' } });
    expect(answer.body.toString()).toBe('hello');
    const request = (await seen.promise) as { headers: Record<string, string> };
    expect(request).toMatchObject({
      method: 'GET',
      url: '/a?b=c',
      headers: { host: 'web', cookie: 'a=1; b=2', 'x-custom': 'kept' },
    });
    expect(request.headers).not.toHaveProperty('x-tulle-source');
  });

  it('bodies without a length and trailers pass both ways', async () => {
    const service = await startService(async (request, response) => {
      response.setHeader('trailer', 'x-after');
      for await (const chunk of request) response.write(chunk);
      response.addTrailers({ 'x-after': String(request.trailers['x-sent-after']) });
      response.end();
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const body = randomBytes(300_000);
    const answer = await ask(http2Client(port), { ':method': 'POST' }, body, { 'x-sent-after': 'it' });
    expect(digest(answer.body)).toBe(digest(body));
    expect(answer.trailers).toMatchObject({ 'x-after': 'it' });
  });

  it('HEAD, 204 and 304 have no body, and the mesh’s own errors are answers like others', async () => {
    const service = await startService((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.setHeader('etag', '"1"');
      response.end();
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = http2Client(port);
    for (const path of ['/204', '/304']) {
      expect(await ask(client, { ':path': path })).toMatchObject({ status: Number(path.slice(1)), code: 0 });
    }
    expect(await ask(client, { ':method': 'HEAD', ':path': '/200' })).toMatchObject({ status: 200, code: 0 });
    const refused = await ask(client, { ':authority': 'nobody' });
    expect(refused).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'unknown_service' } });
    expect(refused.body.toString()).toContain('unknown_service');
  });
});

describe('HTTP/1.1 in, HTTP/2 out', () => {
  it('a service that speaks HTTP/2 is called in it, many requests on one connection', async () => {
    const service = await startHttp2Service((stream, headers) => {
      stream.respond({ ':status': 200, 'x-path': headers[':path'], 'x-authority': headers[':authority'] });
      stream.pipe(stream);
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'http2' })]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => call(port, { path: `/${n}`, method: 'POST', body: `body ${n}` })),
    );
    for (const [n, answer] of answers.entries()) {
      expect(answer).toMatchObject({ status: 200, body: `body ${n}`, headers: { 'x-path': `/${n}` } });
      expect(answer.headers['x-authority']).toBe('web');
    }
    expect(service.sessions).toBe(1);
  });

  it('an answer that is only a head has an end in HTTP/1.1, too', async () => {
    const service = await startHttp2Service((stream, headers) => {
      stream.respond({ ':status': Number(headers[':path']?.slice(1)) }, { endStream: true });
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'http2' })]);
    for (const status of [200, 302, 204, 304]) {
      const answer = await call(port, { path: `/${status}` });
      expect([answer.status, answer.headers['content-length']]).toEqual([
        status,
        status > 203 && status !== 302 ? undefined : '0',
      ]);
    }
    expect((await call(port, { path: '/200', method: 'HEAD' })).headers['content-length']).toBe(undefined);
  });

  it('what the service refused untouched is tried elsewhere, even a POST', async () => {
    const REFUSED_STREAM = 7;
    let refused = 0;
    const service = await startHttp2Service((stream) => {
      if (refused++ === 0) {
        stream.close(REFUSED_STREAM);
        return;
      }
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'http2' })]);
    expect(await call(port, { method: 'POST', body: 'once' })).toMatchObject({ status: 200, body: 'once' });
  });

  it('a stream that breaks inside an answer breaks the answer, and no other', async () => {
    const service = await startHttp2Service((stream, headers) => {
      stream.respond({ ':status': 200, 'content-length': 1_000 });
      stream.write('half');
      if (headers[':path'] === '/bad') setImmediate(() => stream.close(2));
      else stream.end('x'.repeat(996));
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'http2' })]);
    const [bad, good] = await Promise.allSettled([
      call(port, { path: '/bad' }),
      call(port, { path: '/good' }),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
  });
});

describe('between agents', () => {
  it('one connection carries all requests of a pair', async () => {
    const gate = Promise.withResolvers<void>();
    let waiting = 0;
    const service = await startService(async (_request, response) => {
      if (++waiting === 50) gate.resolve();
      await gate.promise;
      response.end('all at once');
    });
    const { port, web } = await startPair(authority, service);
    const client = http2Client(port);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(client)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(web.stats().accepted).toBe(1);
  });

  it('a policy can keep the hop at HTTP/1.1', async () => {
    const service = await startService((_request, response) => response.end('old'));
    const { port, web } = await startPair(authority, service, { policy: { hop: 'http1' } });
    expect((await call(port)).body).toBe('old');
    expect(web.stats().accepted).toBe(1);
  });

  it('megabytes pass both ways unharmed', async () => {
    const service = await startHttp2Service((stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const { port } = await startPair(authority, service.port, { web: { protocol: 'http2' } });
    const body = randomBytes(5_000_000);
    const answer = await ask(http2Client(port), { ':method': 'POST' }, body, { 'x-last': '1' });
    expect(digest(answer.body)).toBe(digest(body));
  });

  it('a caller that does not read stops the service, not the other streams', async () => {
    let written = 0;
    const service = await startHttp2Service((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] !== '/endless') {
        stream.end('quick');
        return;
      }
      const more = () => {
        while (!stream.destroyed) {
          written += 65_536;
          if (!stream.write(Buffer.alloc(65_536))) break;
        }
      };
      stream.on('drain', more);
      more();
    });
    const { port } = await startPair(authority, service.port, { web: { protocol: 'http2' } });
    const client = http2Client(port);
    const stalled = client.request({ ':path': '/endless', ':authority': 'web' });
    stalled.on('error', () => {});
    await once(stalled, 'response');
    let before = -1;
    await expect
      .poll(
        async () => {
          expect((await ask(client)).body.toString()).toBe('quick');
          const same = before === written;
          before = written;
          return same;
        },
        { interval: 100 },
      )
      .toBe(true);
    expect(written).toBeLessThan(8_000_000);
    stalled.close();
  });

  it('a drain lets what is in flight end, and takes nothing more', async () => {
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const service = await startService(async (_request, response) => {
      arrived.resolve();
      await answer.promise;
      response.end('in time');
    });
    const { port, web } = await startPair(authority, service);
    const inFlight = ask(http2Client(port));
    await arrived.promise;
    const drained = web.drain(10_000);
    answer.resolve();
    expect(await inFlight).toMatchObject({ status: 200, code: 0 });
    await drained;
  });

  it('a caller that resets its stream ends the request at the service', async () => {
    const ended = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const service = await startService((request) => {
      arrived.resolve();
      request.on('close', () => ended.resolve());
    });
    const { port } = await startPair(authority, service);
    const stream = http2Client(port).request({ ':path': '/', ':authority': 'web' });
    stream.on('error', () => {});
    await arrived.promise;
    stream.close(8);
    await ended.promise;
  });
});
