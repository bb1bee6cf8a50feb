import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { Identity, ServerCredentials } from '../identity/identity.ts';

const checkMs = 5_000;

/** The listener's own certificate, renewed at half of its life, or for other roots, without a connection noticing. */
export interface OwnCertificate {
  readonly first: SecureContextOptions;
  /** Hands every new one to `apply`; returns how to stop. */
  keepFresh(apply: (context: SecureContextOptions) => void): () => void;
}

export async function createOwnCertificate({
  identity,
  logger,
  now,
}: {
  identity: Identity;
  logger: Logger;
  now: () => number;
}): Promise<OwnCertificate> {
  let credentials = await identity.issueControlPlane();
  let renewAt = halfLife();

  function halfLife(): number {
    return (now() + credentials.notAfter) / 2;
  }

  function keepFresh(apply: (context: SecureContextOptions) => void): () => void {
    const timer = setInterval(() => {
      if (now() >= renewAt) void renewOrRetry(apply);
    }, checkMs);
    timer.unref();
    const stopListening = identity.onRoots(() => renewOrRetry(apply));
    return () => {
      clearInterval(timer);
      stopListening();
    };
  }

  async function renewOrRetry(apply: (context: SecureContextOptions) => void): Promise<void> {
    renewAt = Number.POSITIVE_INFINITY;
    await renew(apply).catch((error: unknown) => {
      logger.error({ err: error }, 'could not renew the certificate of the agents listener, trying again');
      renewAt = now() + checkMs;
    });
  }

  async function renew(apply: (context: SecureContextOptions) => void): Promise<void> {
    credentials = await identity.issueControlPlane();
    apply(contextOf(credentials));
    renewAt = halfLife();
    logger.info('renewed the certificate of the agents listener');
  }

  return { first: contextOf(credentials), keepFresh };
}

/** `ca` belongs to it every time: without it a renewed context would trust the roots of the system. */
function contextOf({ key, cert, ca }: ServerCredentials): SecureContextOptions {
  return { key, cert, ca, minVersion: 'TLSv1.3' };
}
