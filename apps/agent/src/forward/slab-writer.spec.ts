import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { giveSlab, SLAB_BYTES, takeSlab } from '@tulle/wire/http/slabs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { SlabWriter } from './slab-writer.ts';

const WRITES = 200;

/** Two ends of a connection over loopback. */
async function connected(kind: 'tcp' | 'tls'): Promise<[Socket, Socket]> {
  const { keyPem: key, certificateChainPem: cert } = new TestAuthority().identity('web');
  const server = kind === 'tcp' ? net.createServer() : tls.createServer({ key, cert });
  const accepted = once(server, kind === 'tcp' ? 'connection' : 'secureConnection');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const at = { host: '127.0.0.1', port };
  const near = kind === 'tcp' ? net.connect(at) : tls.connect({ ...at, rejectUnauthorized: false });
  const [far] = (await accepted) as [Socket];
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}

/** Overwrites every slab that is free. */
function spoilFree(): void {
  const slabs = Array.from({ length: 40 }, () => takeSlab());
  for (const slab of slabs) giveSlab(slab.fill(0) as typeof slab);
}

describe.each(['tcp', 'tls'] as const)('a writer of slabs, %s', (kind) => {
  it('gives back no slab that is still to be sent, whether the peer reads or not', async () => {
    const [near, far] = await connected(kind);
    const writer = new SlabWriter(near, () => {});
    const pieces: Buffer[] = [];
    far.on('data', (bytes: Buffer) => void pieces.push(bytes)).pause();
    const bodies = Array.from({ length: WRITES }, (_, index) =>
      Buffer.alloc(1 + ((index * 7_919) % SLAB_BYTES), 1 + (index % 250)),
    );
    for (const [index, body] of bodies.entries()) {
      const slab = takeSlab();
      slab.set(body);
      writer.write(slab, body.length);
      spoilFree();
      // Until half of them are written the peer reads nothing, and the kernel is full long before.
      if (index === WRITES / 2) far.resume();
      if (index > WRITES / 2) await new Promise(setImmediate);
    }
    near.end();
    await once(far, 'end');
    expect(Buffer.concat(pieces).equals(Buffer.concat(bodies))).toBe(true);
  });

  it('tells when the socket has taken a large write', async () => {
    const [near, far] = await connected(kind);
    far.resume();
    const taken = new Promise<void>((resolve) => {
      new SlabWriter(near, resolve).write(takeSlab(), SLAB_BYTES);
    });
    await taken;
    expect(near.writableLength).toBe(0);
  });
});
