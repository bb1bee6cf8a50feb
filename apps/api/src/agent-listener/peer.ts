import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Revocations } from '../certificates/revocations.ts';
import type { Identity } from '../identity/identity.ts';

/** Somebody who has proved to hold a certificate of ours. */
export interface Peer {
  readonly agentId: string;
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** Of the root its certificate leads to. */
  readonly rootFingerprint: string;
}

/** Who is on the other side of a connection; throws MeshError with what the agent should do. */
export async function identifyPeer(
  request: IncomingMessage,
  {
    database,
    revocations,
    identity,
    now,
  }: {
    database: Pick<Database, 'prisma'>;
    revocations: Revocations;
    identity: Pick<Identity, 'rootNamed'>;
    now: () => number;
  },
): Promise<Peer> {
  const serial = verifiedSerial(request);
  const certificate = await database.prisma.certificate.findUnique({
    where: { serial },
    include: { agent: { select: { id: true, instance: true, revokedAt: true, revokedReason: true } } },
  });
  if (certificate === null) {
    throw new MeshError('unauthenticated', 'This certificate is not known here; join with a new token.');
  }
  const { agent } = certificate;
  if (agent.revokedAt !== null || certificate.revokedAt !== null || revocations.isRevoked(serial)) {
    const why = agent.revokedReason ? ` (${agent.revokedReason})` : '';
    throw new MeshError(
      'revoked',
      `The instance ${agent.instance} was revoked${why}; only a new join token brings it back.`,
    );
  }
  // A resumed TLS session is not checked against the clock again, so we do.
  if (certificate.notAfter.getTime() <= now()) {
    throw new MeshError('unauthenticated', 'This certificate has expired; join with a new token.');
  }
  // TLS has checked this as well, but not of a session that it resumes, nor where one root vouches for another.
  requireTrustedRoot(certificate, identity);
  const { rootFingerprint } = certificate;
  return { agentId: agent.id, serial, notAfter: certificate.notAfter.getTime(), rootFingerprint };
}

/** Throws when the certificate leads to a root that was retired. */
export function requireTrustedRoot(
  { rootFingerprint }: Pick<Peer, 'rootFingerprint'>,
  identity: Pick<Identity, 'rootNamed'>,
): void {
  if (identity.rootNamed(rootFingerprint) !== undefined) return;
  throw new MeshError(
    'unauthenticated',
    'This certificate leads to a root that was retired; join with a new token.',
  );
}

function verifiedSerial(request: IncomingMessage): string {
  const { socket } = request;
  if (!(socket instanceof TLSSocket) || !socket.authorized) {
    const why = socket instanceof TLSSocket ? socket.authorizationError : undefined;
    throw new MeshError(
      'unauthenticated',
      why === undefined || String(why) === 'null'
        ? 'A certificate of this mesh is needed; join with a token first.'
        : `The certificate is not accepted (${String(why)}); join with a new token.`,
    );
  }
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  if (serial === undefined) throw new MeshError('unauthenticated', 'A certificate of this mesh is needed.');
  return serial.toLowerCase();
}
