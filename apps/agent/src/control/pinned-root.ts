import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { RpcError } from './rpc-error.ts';

/**
 * The root certificate with this SHA-256 fingerprint, out of the chain the API presents. Nothing is believed and
 * nothing is sent here: the fingerprint came with the token, and the chain is verified against this root, by
 * OpenSSL, on the connection that carries the token.
 */
export function fetchPinnedRoot(api: URL, fingerprint: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: bareHost(api),
      port: apiPort(api),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
    });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', (error) => {
      reject(
        new RpcError('unavailable', `The API at ${api.origin} cannot be reached: ${error.message}.`, {
          cause: error,
        }),
      );
    });
    socket.once('secureConnect', () => {
      const root = chainOf(socket.getPeerCertificate(true)).find((raw) => sha256(raw) === fingerprint);
      socket.destroy();
      if (root !== undefined) resolve(new X509Certificate(root).toString());
      else reject(new RpcError('wrong_fingerprint', mismatch(api, fingerprint)));
    });
  });
}

export function bareHost(api: URL): string {
  return api.hostname.replace(/^\[|\]$/g, '');
}

export function apiPort(api: URL): number {
  return Number(api.port || 443);
}

function mismatch(api: URL, fingerprint: string): string {
  return (
    `The server at ${api.origin} does not have the root certificate this token was made for ` +
    `(SHA-256 ${fingerprint.slice(0, 16)}…): the address is wrong, the token belongs to another mesh, ` +
    'or someone is between; nothing was sent.'
  );
}

/** Leaf first. A self-signed certificate is its own issuer, which ends the walk. */
function chainOf(leaf: DetailedPeerCertificate): Buffer[] {
  const chain: Buffer[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.raw !== undefined && chain.length < 10) {
    chain.push(next.raw);
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
