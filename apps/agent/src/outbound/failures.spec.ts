import { describe, expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { call, rawClient, startRawService, startService } from '../specs/services.ts';

describe('what the mesh answers itself', () => {
  it('names its code, as JSON to who accepts that, else as text', async () => {
    const { port } = await startOutbound([]);
    const text = await call(port, { host: 'web' });
    expect([text.status, text.headers['x-tulle-error'], text.headers['content-type']]).toEqual([
      503,
      'unknown_service',
      'text/plain; charset=utf-8',
    ]);
    expect(text.body).toBe('unknown_service: The mesh knows no such service: web\n');
    const json = await call(port, { host: 'web', headers: { accept: 'text/html, application/json' } });
    expect(JSON.parse(json.body)).toEqual({
      error: { code: 'unknown_service', message: 'The mesh knows no such service: web' },
    });
  });

  it('refuses hosts that cannot be services', async () => {
    const { port } = await startOutbound([]);
    for (const host of ['example.com', '127.0.0.1:80', '[::1]', 'WEB_1']) {
      expect((await call(port, { host })).headers['x-tulle-error']).toBe('unknown_host');
    }
  });

  it('answers 400 to a request it cannot read, and closes', async () => {
    const { port, plane } = await startOutbound([]);
    const client = await rawClient(port);
    client.send('GET / HTTP/1.1\r\nHost : web\r\n\r\n');
    const answer = await client.toEnd();
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\nx-tulle-error: bad_request\r\n/);
    expect(answer).toContain('connection: close');
    expect(plane.telemetry()).toMatchObject([
      { meshErrors: 1, meshErrorCodes: { bad_request: 1 }, requests: 1 },
    ]);
  });

  it('answers 400 to a body it cannot read, without leaving the service waiting', async () => {
    const service = await startService((request, response) =>
      request.on('end', () => response.end()).resume(),
    );
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send('POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n');
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 400 Bad Request\r\nx-tulle-error: bad_request\r\n/);
    expect(plane.stats()).toMatchObject({ activeRequests: 0, connected: 0 });
  });

  it('answers 408 to a head that does not come to its end', async () => {
    const { port } = await startOutbound([], { limits: { headTimeoutMs: 1 } });
    const client = await rawClient(port);
    client.send('GET / HTTP/1.1\r\nHost: we');
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 408 .*\r\nx-tulle-error: head_timeout\r\n/);
  });

  it('closes connections that stay without a request', async () => {
    const { port } = await startOutbound([], { limits: { callerIdleTimeoutMs: 1 } });
    expect(await (await rawClient(port)).toEnd()).toBe('');
  });

  it('answers 502 to a response it cannot read, and drops that connection', async () => {
    const service = await startRawService((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'),
    );
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    expect(await call(port)).toMatchObject({ status: 502, headers: { 'x-tulle-error': 'bad_response' } });
    expect(plane.stats().connected).toBe(0);
  });

  it('drops a connection whose service speaks out of turn', async () => {
    const body = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const service = await startRawService((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write(body + body);
    });
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    expect((await call(port)).status).toBe(200);
    expect((await call(port)).status).toBe(200);
    expect(service.connections).toHaveLength(2);
    expect(plane.telemetry()).toContainEqual(
      expect.objectContaining({ ok: 2, meshErrors: 0, version: 'v1' }),
    );
  });

  it('answers 502 when the service breaks off before it answered', async () => {
    const service = await startRawService((socket) => socket.destroy());
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    expect(await call(port)).toMatchObject({ status: 502, headers: { 'x-tulle-error': 'peer_reset' } });
  });

  it('breaks off when the service does so inside its answer', async () => {
    const service = await startRawService((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab');
    });
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    expect(await client.toEnd()).toMatch(/Content-Length: 5\r\n\r\nab$/);
    expect(plane.telemetry()).toContainEqual(expect.objectContaining({ meshErrorCodes: { peer_reset: 1 } }));
  });
});

describe('timeouts', () => {
  const silent = () => startRawService(() => {});

  it('answers 504 when the service does not answer in time', async () => {
    const { port } = await startOutbound([
      viewOf('web', [{ port: (await silent()).port }], { timeouts: { requestMs: 1 } }),
    ]);
    expect(await call(port)).toMatchObject({ status: 504, headers: { 'x-tulle-error': 'request_timeout' } });
  });

  it('answers 504 when nothing moves for too long', async () => {
    const { port } = await startOutbound([
      viewOf('web', [{ port: (await silent()).port }], { timeouts: { requestMs: 0, idleMs: 1 } }),
    ]);
    expect(await call(port)).toMatchObject({ status: 504, headers: { 'x-tulle-error': 'idle_timeout' } });
  });

  it('answers 504 when connecting takes too long', async () => {
    // TEST-NET-1 (RFC 5737) answers nobody; where it is not even routed, connecting fails at once.
    const { port } = await startOutbound([
      viewOf('web', [{ host: '192.0.2.1', port: 9 }], { timeouts: { connectMs: 1 } }),
    ]);
    expect((await call(port)).headers['x-tulle-error']).toMatch(/^connect_(timeout|failed)$/);
  });
});

describe('retries', () => {
  it('takes another endpoint when one cannot be reached, whatever the method, and leaves that one out', async () => {
    let calls = 0;
    const service = await startService((request, response) => {
      calls++;
      request.pipe(response);
    });
    const endpoints = [{ port: await reservedPort() }, { port: await reservedPort() }, { port: service }];
    const { port, plane } = await startOutbound([viewOf('web', endpoints)]);
    const since = performance.now();
    for (let turn = 0; turn < 10; turn++) {
      expect(await call(port, { method: 'POST', body: 'payload' })).toMatchObject({
        status: 200,
        body: 'payload',
      });
    }
    expect(calls).toBe(10);
    const [series] = plane.telemetry().filter(({ ok }) => ok > 0);
    expect(series).toMatchObject({ ok: 10, meshErrors: 0 });
    // Each of the two is asked at once, after 250 ms, and then after twice as long each time.
    const tries = 1 + Math.log2(1 + (performance.now() - since) / 250);
    expect(series?.retries).toBeLessThanOrEqual(2 * tries);
    expect(plane.stats().endpoints.filter(({ available }) => !available).length).toBeLessThanOrEqual(2);
  });

  it('answers 503 when no endpoint can be reached', async () => {
    const { port } = await startOutbound([viewOf('web', [{ port: await reservedPort() }])]);
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'connect_failed' } });
  });

  it('answers 503 when there is no endpoint', async () => {
    const { port } = await startOutbound([viewOf('web', [])]);
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'no_endpoint' } });
  });

  /** Answers the first request of a connection and closes on the second without a word. */
  const closesKeptConnections = () => {
    const answered = new WeakSet<object>();
    return startRawService((socket, received) => {
      if (!received.endsWith('\r\n\r\n') && !received.endsWith('body')) return;
      if (answered.has(socket)) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      answered.add(socket);
    });
  };

  it('repeats a GET whose kept connection closed before a byte of an answer', async () => {
    const service = await closesKeptConnections();
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    for (let turn = 0; turn < 5; turn++) expect((await call(port)).status).toBe(200);
    expect(plane.telemetry()).toContainEqual(expect.objectContaining({ ok: 5, retries: 4 }));
  });

  it('never repeats a POST that may have arrived', async () => {
    const service = await closesKeptConnections();
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    expect((await call(port)).status).toBe(200);
    expect(await call(port, { method: 'POST', body: 'body' })).toMatchObject({
      status: 502,
      headers: { 'x-tulle-error': 'peer_reset' },
    });
  });
});

describe('bounds', () => {
  it('answers 503 when more requests wait than may', async () => {
    const service = await startRawService(() => {});
    const connections = { max: 1, maxPending: 1 };
    const { port, plane } = await startOutbound([
      viewOf('web', [{ port: service.port }], { policy: { connections, retries: { attempts: 0 } } }),
    ]);
    const clients = await Promise.all([rawClient(port), rawClient(port), rawClient(port)]);
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    const refused = await Promise.any(clients.map((client) => client.until(/x-tulle-error/)));
    expect(refused).toContain('x-tulle-error: overloaded');
    expect(plane.stats()).toMatchObject({ activeRequests: 2, connected: 1 });
  });

  it('accepts no more connections than it may', async () => {
    const { port } = await startOutbound([], { limits: { maxConnections: 1 } });
    const first = await rawClient(port);
    first.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    await first.until(/unknown_service/);
    expect(await (await rawClient(port)).toEnd()).toBe('');
  });
});

describe('services that are in no view yet', () => {
  it('are asked for once, and their requests go on when the view comes', async () => {
    const service = await startService((_request, response) => response.end('here'));
    const asked: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { port, plane } = await startOutbound([], {
      onUnknownService: (name) => {
        asked.push(name);
        resolve();
      },
    });
    const answers = Promise.all([call(port), call(port), call(port, { method: 'POST', body: 'x' })]);
    await promise;
    plane.apply([viewOf('web', [{ port: service }])]);
    expect((await answers).map(({ body }) => body)).toEqual(['here', 'here', 'here']);
    expect(asked).toEqual(['web']);
  });

  it('are refused when it does not come in time', async () => {
    const { port } = await startOutbound([], {
      onUnknownService() {},
      limits: { unknownServiceTimeoutMs: 1 },
    });
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'unknown_service' } });
  });
});
