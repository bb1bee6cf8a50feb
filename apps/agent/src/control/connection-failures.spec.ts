import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { RpcConnection } from './rpc-connection.ts';
import type { RpcError } from './rpc-error.ts';
import { SpecAuthority } from './spec-api/spec-authority.ts';

const authority = new SpecAuthority();

/** Why there is no connection to what listens. */
async function failure(server: ReturnType<typeof createServer>): Promise<RpcError> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`);
  const tls = { ca: authority.root.certificatePem, checkServerIdentity: () => undefined };
  return await RpcConnection.open({ url, tls }).then(
    () => Promise.reject(new Error('it was opened')),
    (error: RpcError) => error,
  );
}

test('an API of another mesh is told from one that is away, and what to do', async () => {
  const { keyPem, chainPem } = new SpecAuthority().identity('spiffe://other/control-plane');
  const { code, message } = await failure(createTlsServer({ key: keyPem, cert: chainPem }));
  expect(code).toBe('untrusted_api');
  expect(message).toMatch(
    /^The API at 127\.0\.0\.1:\d+ is not of the mesh that this agent joined .* join token/,
  );
});

test('what speaks no TLS is named in words, without the log of OpenSSL', async () => {
  const server = createServer(
    (socket) => void socket.on('error', () => {}).write('220 mail.example ESMTP\r\n'),
  );
  const { code, message } = await failure(server);
  expect(code).toBe('unavailable');
  expect(message).toMatch(/^There is no API at \S+ that speaks TLS as agents do: [a-z ]+\.$/);
});

test('what answers with garbage within TLS is no API either', async () => {
  const { keyPem, chainPem } = authority.identity('spiffe://mesh.test/control-plane');
  const server = createTlsServer({ key: keyPem, cert: chainPem }, (socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0xff]));
  });
  expect(await failure(server)).toMatchObject({ code: 'unavailable' });
});
