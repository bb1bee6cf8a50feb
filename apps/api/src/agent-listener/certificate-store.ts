import type { Prisma } from '@tulle/prisma/generated/client';
import type { Issued } from '../identity/identity.ts';

/** Keeps what was issued, so that it is shown, can be revoked, and its holder recognised by the serial. */
export async function storeCertificate(
  tx: Pick<Prisma.TransactionClient, 'certificate'>,
  agentId: string,
  { grant, spiffeId, pem, issuedAt, renewsAt, rootFingerprint }: Issued,
): Promise<void> {
  await tx.certificate.create({
    data: {
      serial: grant.serial,
      agentId,
      spiffeId,
      pem,
      issuedAt: new Date(issuedAt),
      notBefore: new Date(grant.notBefore),
      notAfter: new Date(grant.notAfter),
      renewsAt: new Date(renewsAt),
      rootFingerprint,
    },
  });
}
