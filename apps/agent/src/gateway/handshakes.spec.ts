import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask as askStream } from '../specs/http2-services.ts';
import { startService } from '../specs/services.ts';
import {
  ask,
  authority,
  certificateFor,
  cutOff,
  http2Session,
  shake,
  startGateway,
} from './gateway.spec-support.ts';

const namesOf = (socket: TLSSocket) => socket.getPeerCertificate().subjectaltname;

describe('a certificate is shown to who calls it by name', () => {
  const certificates = ['first.test', '*.example.com', 'shop.example.com'].map((dns) => certificateFor(dns));

  it.each([
    ['its own name, before a wildcard', 'shop.example.com', 'shop.example.com'],
    ['a name in any case', 'SHOP.example.com', 'shop.example.com'],
    ['a name that a wildcard holds for', 'other.example.com', '*.example.com'],
    ['no name at all: the first', '', 'first.test'],
  ])('%s', async (_what, servername, expected) => {
    const { https } = await startGateway({}, certificates);
    expect(namesOf(await shake(https, servername))).toBe(`DNS:${expected}`);
  });

  it.each(['nobody.test', 'a.b.example.com', 'example.com'])('and to nobody for %s', async (servername) => {
    const { https } = await startGateway({}, certificates);
    await expect(shake(https, servername)).rejects.toThrow(cutOff);
  });
});

it('fails closed without a certificate', async () => {
  const { https } = await startGateway({}, []);
  await expect(shake(https, '')).rejects.toThrow(/handshake failure/);
});

describe('what is spoken', () => {
  const certificates = [certificateFor('shop.test')];

  it.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, 'TLSv1.3'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
  ] as const)('%s', async (_what, version, spoken) => {
    const { https } = await startGateway({}, certificates);
    const socket = await shake(https, 'shop.test', version);
    expect(socket.getProtocol()).toBe(spoken);
    expect(socket.getCipher().name).toMatch(/AES_128_GCM|AES128-GCM/);
  });

  it.each([
    ['HTTP/2 first', ['http/1.1', 'h2'], 'h2'],
    ['HTTP/1.1', ['http/1.1'], 'http/1.1'],
    ['HTTP/1.1 where nothing is said', undefined, false],
  ])('%s', async (_what, ALPNProtocols, agreed) => {
    const { https } = await startGateway({}, certificates);
    const more = ALPNProtocols === undefined ? {} : { ALPNProtocols };
    expect((await shake(https, 'shop.test', more)).alpnProtocol).toBe(agreed);
  });

  it.each([
    ['TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a cipher without authentication', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
    ['another protocol', { ALPNProtocols: ['spdy/3'] }],
  ] as const)('not %s', async (_what, { ...more }) => {
    const { https } = await startGateway({}, certificates);
    const mutable = 'ALPNProtocols' in more ? { ALPNProtocols: [...more.ALPNProtocols] } : more;
    await expect(shake(https, 'shop.test', mutable)).rejects.toThrow(/alert|unsupported/);
  });

  it('no handshake within a connection', async () => {
    const { https } = await startGateway({}, certificates);
    const socket = await shake(https, 'shop.test', { maxVersion: 'TLSv1.2' });
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    socket.renegotiate({}, resolve);
    socket.once('error', resolve);
    expect(String(await promise)).toMatch(/no renegotiation/);
  });

  it('requests over each version', async () => {
    const service = await startService((request, response) => response.end(request.url));
    const { https } = await startGateway({ 'shop.test': service }, certificates);
    expect(await ask(https, 'shop.test', { path: '/one', maxVersion: 'TLSv1.2' })).toMatchObject({
      body: '/one',
    });
    expect(await ask(https, 'shop.test', { path: '/two' })).toMatchObject({ body: '/two' });
    const answer = await askStream(http2Session(https, 'shop.test'), {
      ':authority': 'shop.test',
      ':path': '/three',
    });
    expect(String(answer.body)).toBe('/three');
  });
});

it('resumes a session, and still knows for which name', async () => {
  const service = await startService((_request, response) => response.end('here'));
  const { https } = await startGateway({ 'b.test': service }, [
    certificateFor('a.test'),
    certificateFor('b.test'),
  ]);
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = await shake(https, 'b.test', { maxVersion });
    const ticket = once(first, 'session');
    first.write('GET / HTTP/1.1\r\nhost: b.test\r\n\r\n');
    const session = maxVersion === 'TLSv1.2' ? first.getSession() : (await ticket)[0];
    const again = await shake(https, 'b.test', { maxVersion, session });
    expect(again.isSessionReused()).toBe(true);
    again.write('GET / HTTP/1.1\r\nhost: b.test\r\n\r\n');
    expect(String((await once(again, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /);
  }
});

it('ends a handshake that hangs when its time to drain is over', async () => {
  const { plane, https } = await startGateway({}, [certificateFor('shop.test')]);
  const socket = connectTcp(https, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  // The listener has it once a whole handshake behind it is through.
  await shake(https, 'shop.test');
  const closed = once(socket, 'close');
  await plane.drain(0);
  await closed;
});

describe('other certificates', () => {
  const [former, next] = [certificateFor('shop.test'), certificateFor('shop.test')];
  const serialOf = (socket: TLSSocket) => socket.getPeerX509Certificate()?.serialNumber;

  it('are shown to who connects from then on; connections there are stay as they are', async () => {
    const service = await startService((_request, response) => response.end('here'));
    const { plane, https } = await startGateway({ 'shop.test': service }, [former]);
    const session = http2Session(https, 'shop.test');
    const headers = { ':authority': 'shop.test' };
    expect(await askStream(session, headers)).toMatchObject({ status: 200 });
    const before = serialOf(await shake(https, 'shop.test'));
    plane.setServerCertificates([next]);
    const after = serialOf(await shake(https, 'shop.test'));
    expect(after).not.toBe(before);
    expect(await askStream(session, headers)).toMatchObject({ status: 200 });
    expect(session.destroyed).toBe(false);
    // Who names nobody sees it too.
    expect(serialOf(await shake(https, ''))).toBe(after);
  });

  it.each([
    ['a certificate that is none', { certificateChainPem: 'x' }, /^shop.test.crt: no certificate in PEM: /],
    ['a key that is none', { keyPem: 'x' }, /^shop.test.key: no key in PEM that is open: /],
    ['the key of another', { keyPem: next.keyPem }, /^shop.test.key: this is not the key of shop.test.crt$/],
    ['one that names no host', { ...authorityPem() }, /^shop.test.crt: it names no host \(subjectAltName\)$/],
  ])('are refused with path and reason, and the former ones stay: %s', async (_what, wrong, reason) => {
    const { plane, https } = await startGateway({}, [former]);
    expect(() => plane.setServerCertificates([{ ...former, ...wrong }])).toThrow(reason);
    expect(namesOf(await shake(https, 'shop.test'))).toBe('DNS:shop.test');
  });

  function authorityPem() {
    const { certificateChainPem, keyPem } = authority.identity('web');
    return { certificateChainPem, keyPem };
  }
});
