import type { CertificateState } from './view.ts';

/** Renewal at half life with jitter is over by 60 %; after two thirds something is wrong. */
const overdueShare = 2 / 3;
/** A renewal that was asked for takes a moment; after this it has failed. */
const renewalPatienceMs = 60_000;

export function certificateState(
  certificate: {
    readonly issuedAt: number;
    readonly notAfter: number;
    readonly revokedAt: number | null;
    readonly renewAskedAt: number | null;
  },
  now: number,
): CertificateState {
  const { issuedAt, notAfter, revokedAt, renewAskedAt } = certificate;
  if (revokedAt !== null) return 'revoked';
  if (notAfter <= now) return 'expired';
  if (renewAskedAt !== null && renewAskedAt > issuedAt && now - renewAskedAt < renewalPatienceMs) {
    return 'renewing';
  }
  return now > issuedAt + (notAfter - issuedAt) * overdueShare ? 'expiring' : 'valid';
}
