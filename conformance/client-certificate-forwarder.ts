import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { CertificateFiles } from '../bench/workbench.ts';

/**
 * Plain bytes in, mutual TLS out with ALPN `h2`: for tools that cannot show a certificate. Ends and resets are passed
 * on in both directions, since how a connection ends is part of what such tools judge.
 */
export class ClientCertificateForwarder {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(port: number, { certificate, key, trustBundle }: CertificateFiles) {
    const credentials: ConnectionOptions = {
      cert: readFileSync(certificate),
      key: readFileSync(key),
      ca: readFileSync(trustBundle),
      minVersion: 'TLSv1.3',
      // The server has a SPIFFE ID and no host name.
      checkServerIdentity: () => undefined,
      ALPNProtocols: ['h2'],
    };
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (plain) => {
      const secure = connect(port, '127.0.0.1', credentials);
      secure.setNoDelay(true);
      this.join(plain, secure);
      this.join(secure, plain);
    });
  }

  async listen(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.listen(0, '127.0.0.1', resolve);
    await promise;
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
