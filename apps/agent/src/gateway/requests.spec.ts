import { once } from 'node:events';
import { Agent } from 'node:https';
import { describe, expect, it } from 'vitest';
import { ask as askStream } from '../specs/http2-services.ts';
import { startPlane, viewOf } from '../specs/planes.ts';
import { call, rawClient, startService } from '../specs/services.ts';
import {
  ask,
  authority,
  certificateFor,
  cutOff,
  http2Session,
  shake,
  startGateway,
} from './gateway.spec-support.ts';

const wildcard = certificateFor('*.example.com');
const shop = 'shop.example.com';
const answering = (text: string) => startService((_request, response) => response.end(text));
/** Answers with the fields it got. */
const mirror = () => startService(({ headers }, response) => response.end(JSON.stringify(headers)));

describe('a host leads to a service', () => {
  it('the most specific name wins, whatever port is named, on both ports', async () => {
    const hosts = { [shop]: await answering('shop'), '*.example.com': await answering('any') };
    const { http, https } = await startGateway(hosts, [wildcard]);
    expect((await ask(https, shop)).body).toBe('shop');
    expect((await ask(https, shop, { headers: { host: `${shop}:${https}` } })).body).toBe('shop');
    expect((await ask(https, 'other.example.com')).body).toBe('any');
    expect((await call(http, { host: shop })).body).toBe('shop');
    expect((await call(http, { host: 'x.y.example.com' })).body).toBe('any');
  });

  it('and a host that nobody named gets 404', async () => {
    const { plane, http, https } = await startGateway({ [shop]: 1 }, [wildcard]);
    const unknown = { status: 404, headers: { 'x-tulle-error': 'unknown_host' } };
    expect(await ask(https, 'other.example.com')).toMatchObject(unknown);
    // Neither names of the mesh nor names of services lead anywhere from outside.
    for (const host of ['service-0', 'service-0.mesh', 'edge'])
      expect(await call(http, { host })).toMatchObject(unknown);
    expect(plane.telemetry()).toMatchObject([{ source: 'edge', destination: '' }]);
  });

  it('with HTTP/2, many of one certificate on one connection', async () => {
    const hosts = { [shop]: await answering('shop'), 'b.example.com': await answering('b') };
    const { https } = await startGateway(hosts, [wildcard]);
    const session = http2Session(https, shop);
    for (const [authority, expected] of [
      [shop, 'shop'],
      ['b.example.com', 'b'],
      [shop, 'shop'],
    ]) {
      const { body } = await askStream(session, { ':authority': authority });
      expect(String(body)).toBe(expected);
    }
  });

  it('and 421 on a connection that was made for another', async () => {
    const hosts = { [shop]: await answering('shop'), 'other.test': await answering('other') };
    const { https } = await startGateway(hosts, [wildcard, certificateFor('other.test')]);
    const session = http2Session(https, shop);
    expect(await askStream(session, { ':authority': 'other.test' })).toMatchObject({
      status: 421,
      headers: { 'x-tulle-error': 'misdirected' },
    });
    expect(await askStream(session, { ':authority': shop })).toMatchObject({ status: 200 });
    expect(await ask(https, shop, { headers: { host: 'other.test' } })).toMatchObject({ status: 421 });
    expect((await ask(https, 'other.test')).body).toBe('other');
  });

  it('from the next request on when the rules change, also on connections that are open', async () => {
    const [one, two] = [await answering('one'), await answering('two')];
    const { plane, https } = await startGateway({ [shop]: one }, [wildcard]);
    const session = http2Session(https, shop);
    const body = async () => String((await askStream(session, { ':authority': shop })).body);
    expect(await body()).toBe('one');
    const gateway = { routes: [{ hostnames: [shop], service: 'new' }] };
    plane.apply([viewOf('edge', [], { gateway }), viewOf('new', [{ port: two }])]);
    expect(await body()).toBe('two');
  });

  it('whose view is asked for and waited for, where none came with the rules', async () => {
    const asked: string[] = [];
    const late = await answering('late');
    const gateway = { routes: [{ hostnames: [shop], service: 'late' }] };
    const { plane, https } = await startGateway({}, [wildcard], {
      entry: gateway,
      options: {
        onUnknownService: (service) => asked.push(service),
        limits: { unknownServiceTimeoutMs: 60_000 },
      },
    });
    const answer = ask(https, shop);
    await expect.poll(() => asked).toEqual(['late']);
    plane.apply([viewOf('edge', [], { gateway }), viewOf('late', [{ port: late }])]);
    expect((await answer).body).toBe('late');
  });
});

describe('what a stranger says of himself stops here', () => {
  const lies = {
    'x-tulle-source': 'spiffe://mesh.test/service/lie',
    x_tulle_source: 'spiffe://mesh.test/service/lie',
    'x-forwarded-client-cert': 'lie',
    'x-forwarded-for': '10.0.0.1',
    x_forwarded_for: '10.0.0.1',
    'x-forwarded-proto': 'lie',
    'x-forwarded-host': 'lie',
    'x-forwarded-port': '1',
    'x-real-ip': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
  };
  const truth = (proto: string, host: string) => ({
    'x-kept': '1',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': proto,
    'x-forwarded-host': host,
  });
  const headers = { ...lies, 'x-kept': '1' };

  it.each(['HTTP/1.1', 'HTTP/2', 'plain text'])('over %s', async (version) => {
    const { http, https } = await startGateway({ [shop]: await mirror() }, [wildcard]);
    const text =
      version === 'HTTP/1.1'
        ? (await ask(https, shop, { headers })).body
        : version === 'HTTP/2'
          ? (await askStream(http2Session(https, shop), { ':authority': shop, ...headers })).body
          : (await call(http, { host: shop, headers })).body;
    const seen: Record<string, string> = JSON.parse(String(text));
    expect(seen).toMatchObject({ ...truth(version === 'plain text' ? 'http' : 'https', shop), host: shop });
    expect(Object.entries(seen).filter(([, value]) => /lie|10\.0\.0/.test(value))).toEqual([]);
    expect(seen).not.toHaveProperty('x-forwarded-port');
  });

  it('and the service sees who the gateway is, and asks its rule about it', async () => {
    for (const allow of [['edge'], ['other']]) {
      const web = await startPlane({
        self: { service: 'web', version: 'v1', instance: 'web-1' },
        local: { host: '127.0.0.1', port: await mirror() },
        inbound: { host: '127.0.0.1', port: 0, tls: true },
      });
      web.plane.setIdentity(authority.identity('web'));
      web.plane.apply([viewOf('web', [], { allow })]);
      const { plane, https } = await startGateway({}, [wildcard]);
      plane.setIdentity(authority.identity('edge'));
      const gateway = { routes: [{ hostnames: [shop], service: 'web' }] };
      const endpoint = { port: web.ports.inbound ?? 0, tls: true };
      plane.apply([viewOf('edge', [], { gateway }), viewOf('web', [endpoint])]);
      const { status, body } = await ask(https, shop, { headers });
      expect(status).toBe(allow[0] === 'edge' ? 200 : 403);
      if (status === 200)
        expect(JSON.parse(body)).toMatchObject({
          ...truth('https', shop),
          'x-tulle-source': 'spiffe://mesh.test/service/edge',
        });
    }
  });
});

it('takes the host of an absolute target, and opens no tunnels', async () => {
  const { http } = await startGateway({ [shop]: await mirror() }, [wildcard]);
  const absolute = await rawClient(http);
  absolute.send(`GET http://${shop}/ HTTP/1.1\r\nHost: lie\r\nConnection: close\r\n\r\n`);
  expect(await absolute.toEnd()).toContain(`"host":"${shop}"`);
  const tunnel = await rawClient(http);
  tunnel.send(`CONNECT ${shop}:443 HTTP/1.1\r\nHost: ${shop}:443\r\n\r\n`);
  expect(await tunnel.toEnd()).toMatch(/^HTTP\/1.1 501 [\s\S]*x-tulle-error: unsupported_method/);
});

describe('plain text is sent to https', () => {
  it.each([
    [{ statusCode: 308, port: 443 } as const, `https://${shop}/a?b=c`],
    [{ statusCode: 301, port: 8443 } as const, `https://${shop}:8443/a?b=c`],
  ])('%j', async (httpsRedirect, location) => {
    const { http, https } = await startGateway({ [shop]: await answering('shop') }, [wildcard], {
      entry: { httpsRedirect },
    });
    const { status, headers } = await call(http, { host: `${shop}:8080`, path: '/a?b=c' });
    expect([status, headers.location]).toEqual([httpsRedirect.statusCode, location]);
    expect((await call(http, { host: 'other.example.com' })).status).toBe(404);
    expect((await ask(https, shop)).body).toBe('shop');
  });
});

it('drains: what is in flight is finished, and nobody is let in', async () => {
  const begun = Promise.withResolvers<() => void>();
  const service = await startService((_request, response) => begun.resolve(() => response.end('done')));
  const { plane, https } = await startGateway({ [shop]: service }, [wildcard]);
  const session = http2Session(https, shop);
  const answer = askStream(session, { ':authority': shop });
  const finish = await begun.promise;
  const idle = await shake(https, shop);
  const gone = Promise.all([once(session, 'goaway'), once(session, 'close')]);
  const drained = plane.drain(60_000);
  await expect(shake(https, shop)).rejects.toThrow(/ECONNREFUSED/);
  finish();
  expect(String((await answer).body)).toBe('done');
  await gone;
  idle.destroy();
  await drained;
});

it('holds all of its connections to the limit of the agent', async () => {
  const { plane, https } = await startGateway({ [shop]: await answering('shop') }, [wildcard], {
    options: { limits: { maxConnections: 1 } },
  });
  const agent = new Agent({ keepAlive: true });
  expect((await ask(https, shop, { agent })).body).toBe('shop');
  await expect(shake(https, shop)).rejects.toThrow(cutOff);
  expect(plane.measurements().refusedConnections.connections).toBeGreaterThan(0);
  agent.destroy();
});
