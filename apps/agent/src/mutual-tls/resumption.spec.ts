import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DataPlane, DataPlaneIdentity } from '../data-plane.ts';
import { PeerIdentityError } from '../pool/connector.ts';
import { MutualTlsConnector } from '../pool/mutual-tls-connector.ts';
import { startPair } from '../specs/planes.ts';
import { startService } from '../specs/services.ts';
import { Credentials } from './credentials.ts';
import { TestAuthority } from './test-authority.ts';

const hourMs = 3_600_000;

/** A caller of our own that keeps the session it is given. */
class Caller {
  private readonly port: number;
  private readonly identity: DataPlaneIdentity;
  private session: Buffer | undefined;

  constructor(port: number, identity: DataPlaneIdentity) {
    this.port = port;
    this.identity = identity;
  }

  /** Whether the session was resumed, and what came back; '' when the connection was closed without an answer. */
  async call(): Promise<{ resumed: boolean; answer: string }> {
    const { certificateChainPem: cert, keyPem: key, trustBundlePem: ca } = this.identity;
    const { port, session } = this;
    const socket = tls.connect({ port, cert, key, ca, session, checkServerIdentity: () => undefined });
    socket.on('session', (made: Buffer) => {
      this.session = made;
    });
    socket.on('error', () => socket.destroy());
    await once(socket, 'secureConnect');
    const resumed = socket.isSessionReused();
    socket.write('GET / HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n');
    let answer = '';
    for await (const bytes of socket) answer += bytes;
    return { resumed, answer: answer.split('\r\n')[0] ?? '' };
  }
}

async function startWeb(
  authority: TestAuthority,
): Promise<{ web: DataPlane; caller: Caller; serial: string }> {
  const service = await startService((request, response) => response.end(request.headers['x-tulle-source']));
  const { web, inboundPort } = await startPair(authority, service);
  const identity = authority.identity('other');
  return { web, caller: new Caller(inboundPort, identity), serial: identity.serial };
}

test('a listener resumes sessions, and knows of those as well who calls', async () => {
  const { caller } = await startWeb(new TestAuthority());
  expect(await caller.call()).toEqual({ resumed: false, answer: 'HTTP/1.1 200 OK' });
  expect(await caller.call()).toEqual({ resumed: true, answer: 'HTTP/1.1 200 OK' });
});

test('a caller that was revoked since is refused on a resumed session', async () => {
  const { web, caller, serial } = await startWeb(new TestAuthority());
  await caller.call();
  web.setRevoked([serial]);
  expect(await caller.call()).toEqual({ resumed: true, answer: '' });
});

test('a caller whose certificate has expired since is refused on a resumed session', async () => {
  const { caller } = await startWeb(new TestAuthority());
  await caller.call();
  const later = Date.now() + 2 * hourMs;
  const clock = vi.spyOn(Date, 'now').mockReturnValue(later);
  onTestFinished(() => clock.mockRestore());
  expect(await caller.call()).toEqual({ resumed: true, answer: '' });
});

test('another identity, and other roots, end what was made before', async () => {
  const authority = new TestAuthority();
  const { web, caller } = await startWeb(authority);
  await caller.call();
  web.setIdentity(authority.identity('web'));
  expect(await caller.call()).toEqual({ resumed: false, answer: 'HTTP/1.1 200 OK' });
});

/** A peer that counts who resumed, and a connector to it that stands for `caller`. */
async function startPeer(authority = new TestAuthority()) {
  const identity = authority.identity('web');
  const resumed: boolean[] = [];
  const { certificateChainPem: cert, keyPem: key, trustBundlePem: ca } = identity;
  const server = tls.createServer({ cert, key, ca, requestCert: true }, (socket) => {
    resumed.push(socket.isSessionReused());
    socket.on('error', () => socket.destroy());
    socket.end('x');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const credentials = new Credentials();
  credentials.set(authority.identity('caller'));
  const { port } = server.address() as AddressInfo;
  const connector = new MutualTlsConnector('127.0.0.1', port, 'web', 'http1', credentials);
  const connect = async () => {
    const socket = connector.open();
    if (socket === undefined) throw new Error('there is no identity');
    await once(socket, 'secureConnect');
    const peer = connector.identify(socket);
    socket.resume();
    await once(socket, 'close');
    return peer;
  };
  return { authority, identity, credentials, connector, connect, resumed };
}

test('a connector resumes, and knows by whom it is answered', async () => {
  const { connect, resumed, identity } = await startPeer();
  for (let count = 0; count < 3; count++) {
    expect(await connect()).toMatchObject({ service: 'web', serial: identity.serial });
  }
  expect(resumed).toEqual([false, true, true]);
});

test('a peer that was revoked since is not offered a session, and refused', async () => {
  const { connect, credentials, identity } = await startPeer();
  await connect();
  credentials.setRevoked([identity.serial]);
  await expect(connect()).rejects.toThrow(/is revoked/);
});

test('a peer that is revoked while a session is resumed is refused', async () => {
  const { connect, connector, credentials, identity } = await startPeer();
  await connect();
  const socket = connector.open();
  if (socket === undefined) throw new Error('there is no identity');
  credentials.setRevoked([identity.serial]);
  await once(socket, 'secureConnect');
  expect(() => connector.identify(socket)).toThrow(PeerIdentityError);
  socket.destroy();
});

test('a peer whose certificate has expired since is refused', async () => {
  const { connect } = await startPeer();
  await connect();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * hourMs);
  onTestFinished(() => clock.mockRestore());
  await expect(connect()).rejects.toThrow(/has expired/);
});

test('a session does not outlive the identity it was made with', async () => {
  const { connect, credentials, authority, resumed } = await startPeer();
  await connect();
  credentials.set(authority.identity('caller'));
  await connect();
  expect(resumed).toEqual([false, false]);
});
