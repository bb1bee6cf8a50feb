import { describe, expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, rawClient, startRawService, startService } from '../specs/services.ts';

const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a request through the outbound port', () => {
  it('reaches the service of its Host in origin form, and of its target in absolute form', async () => {
    const service = await startService((request, response) =>
      response.end(`${request.headers.host} ${request.url}`),
    );
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    expect((await call(port, { host: 'web.mesh:80', path: '/a?b' })).body).toBe('web.mesh:80 /a?b');
    expect((await call(port, { host: 'ignored', path: 'http://web/a?b' })).body).toBe('web /a?b');
  });

  it('goes to its upstream from a port of its own, whatever Host says', async () => {
    const service = await startService((request, response) => response.end(request.headers.host));
    const { ports } = await startOutbound([viewOf('web', [{ port: service }])], {
      upstreams: [{ service: 'web', port: 0 }],
    });
    expect((await call(ports.upstreams.web ?? 0, { host: '127.0.0.1:1' })).body).toBe('web.mesh');
  });

  it('keeps connections on both sides', async () => {
    const service = await startRawService((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write(ok('x'));
    });
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    for (let turn = 1; turn <= 3; turn++) {
      client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
      await client.until(new RegExp(`(\r\n\r\nx[\\s\\S]*){${turn}}`));
    }
    expect(service.connections).toHaveLength(1);
    expect(plane.stats()).toMatchObject({ accepted: 1, connected: 1, activeRequests: 0 });
  });

  it('answers pipelined requests in order', async () => {
    const service = await startService((request, response) => response.end(request.url));
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send(Array.from({ length: 20 }, (_, i) => `GET /${i}. HTTP/1.1\r\nHost: web\r\n\r\n`).join(''));
    const answers = await client.until(/\/19\./);
    expect([...answers.matchAll(/^\/(\d+)\./gm)].map(([, number]) => Number(number))).toEqual([
      ...Array(20).keys(),
    ]);
  });

  it('answers what a caller asked before it half-closed', async () => {
    const service = await startService((request, response) => response.end(request.url));
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.socket.end('GET /1 HTTP/1.1\r\nHost: web\r\n\r\nGET /2 HTTP/1.1\r\nHost: web\r\n\r\n');
    expect(await client.toEnd()).toMatch(/\/1[\s\S]*\/2/);
  });

  it('carries chunks and trailers both ways', async () => {
    const service = await startService((request, response) => {
      let body = '';
      request.on('data', (piece) => {
        body += piece;
      });
      request.on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' });
        response.write(`<${body}>`);
        response.addTrailers({ 'x-sum': String(request.trailers['x-check']) });
        response.end();
      });
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send('POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    client.send('4\r\ndefg\r\n0\r\nX-Check: 7\r\n\r\n');
    expect(await client.until(/0\r\n.*\r\n\r\n$/)).toContain('9\r\n<abcdefg>\r\n0\r\nx-sum: 7\r\n\r\n');
  });

  it('passes 100 Continue on before the body is sent', async () => {
    const service = await startService((request, response) => {
      request.resume();
      request.on('end', () => response.end('done'));
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send('POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 100 Continue\r\n/);
    client.send('ab');
    expect(await client.until(/done/)).toContain('HTTP/1.1 200 OK');
  });

  it('closes behind an answer in place of 100 Continue: the content may come or not', async () => {
    const service = await startRawService((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno');
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.send('POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 60\r\nExpect: 100-continue\r\n\r\n');
    expect(await client.until(/no$/)).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*connection: close\r\n\r\nno$/i);
    client.send('GET /next HTTP/1.1\r\nHost: web\r\n\r\n'.repeat(3));
    expect(await client.toEnd()).not.toMatch(/HTTP[\s\S]*HTTP/);
  });

  it.each([
    ['HEAD', 200, { 'content-length': '5' }],
    ['GET', 204, {}],
    ['GET', 304, { etag: '"a"' }],
  ])('%s answered with %i has no body, and the connection goes on', async (method, status, headers) => {
    const service = await startService((_request, response) => {
      response.writeHead(status, headers);
      response.end();
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send(`${method} / HTTP/1.1\r\nHost: web\r\n\r\n`.repeat(2));
    const answers = await client.until(new RegExp(`(HTTP/1.1 ${status}[\\s\\S]*\r\n\r\n){2}$`));
    for (const [name, text] of Object.entries(headers))
      expect(answers.toLowerCase()).toContain(`${name}: ${text}`);
  });

  it('gives a close-delimited answer out in chunks, and unframed to HTTP/1.0', async () => {
    const service = await startRawService((socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.end('HTTP/1.0 200 OK\r\n\r\nabc');
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const modern = await rawClient(port);
    modern.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    expect(await modern.until(/0\r\n\r\n/)).toBe(
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    const old = await rawClient(port);
    old.send('GET / HTTP/1.0\r\nHost: web\r\n\r\n');
    expect(await old.toEnd()).toBe('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc');
  });

  it('strips fields of the hop in both directions', async () => {
    let seen = '';
    const service = await startRawService((socket, received) => {
      seen = received;
      socket.write(
        `HTTP/1.1 200 OK\r\nConnection: X-Back\r\nX-Back: 1\r\nKeep-Alive: timeout=9\r\nX-Tulle-Error: lie\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.send(
      'GET / HTTP/1.1\r\nHost: web\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nTE: trailers\r\nProxy-Authorization: x\r\nX-Tulle-Source: spiffe://lie\r\nX-Kept: 1\r\n\r\n',
    );
    expect(await client.until(/\r\n\r\n/)).toBe('HTTP/1.1 200 OK\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n');
    expect(seen).toMatch(
      /^GET \/ HTTP\/1.1\r\nHost: web\r\nX-Kept: 1\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[23]\r\n\r\n$/,
    );
  });

  it('asks for no other protocol than WebSocket', async () => {
    const service = await startService((request, response) =>
      response.end(
        JSON.stringify([
          request.headers.upgrade,
          request.headers.connection,
          request.headers['http2-settings'],
        ]),
      ),
    );
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send(
      'GET / HTTP/1.1\r\nHost: web\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    expect(await client.until(/\[.*\]/)).toContain('[null,null,null]');
  });

  it('passes a trace on, and starts one where there is none or a broken one', async () => {
    const service = await startService((request, response) => response.end(request.headers.traceparent));
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect((await call(port, { headers: { traceparent: trace } })).body).toBe(trace);
    expect((await call(port, { headers: { traceparent: 'nonsense' } })).body).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[23]$/,
    );
  });
});
