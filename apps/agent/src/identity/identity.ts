import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type CertificateGrant, certificateGrantSchema } from '@tulle/mesh/agent-protocol';
import * as z from 'zod/mini';

/** The agent's certificate with its key, and what it trusts. */
export const identitySchema = z.extend(certificateGrantSchema, {
  keyPem: z.string(),
  /** By this agent's clock; a certificate's `notBefore` lies in the past on purpose. */
  issuedAt: z.number(),
  /** The API has said that this certificate is revoked: never serve with it again. */
  revoked: z._default(z.boolean(), false),
});
export type Identity = z.infer<typeof identitySchema>;

/** Throws a sentence when the grant is not for this key, or says other times than its certificate. */
export function identityFrom(grant: CertificateGrant, keyPem: string, now: number): Identity {
  const leaf = new X509Certificate(grant.certificateChainPem);
  if (!leaf.checkPrivateKey(createPrivateKey(keyPem))) {
    throw new Error('the certificate was made for another key');
  }
  const notBefore = Date.parse(leaf.validFrom);
  const notAfter = Date.parse(leaf.validTo);
  // A clock that is wrong must not make the certificate look long: its own times bound what ours says.
  const issuedAt = Math.min(Math.max(now, notBefore), notAfter);
  return {
    ...grant,
    serial: grant.serial.toLowerCase(),
    notBefore,
    notAfter,
    keyPem,
    issuedAt,
    revoked: false,
  };
}

export function isValidAt(identity: Identity, now: number): boolean {
  return !identity.revoked && now < identity.notAfter;
}

/**
 * When to ask for the next certificate: at half of the life that was left when this one came, ten per cent earlier
 * or later by `random` (0 to 1), so that agents which started together do not renew together.
 */
export function renewalTime(identity: Identity, random: number): number {
  const life = identity.notAfter - identity.issuedAt;
  return identity.issuedAt + life * 0.5 * (0.9 + 0.2 * random);
}
