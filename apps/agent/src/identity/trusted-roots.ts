import { X509Certificate } from 'node:crypto';

const certificateText = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** SHA-256 of the DER of each certificate of a trust bundle, lower-case hex. */
export function fingerprintsOf(trustBundlePem: string): string[] {
  const texts = trustBundlePem.match(certificateText) ?? [];
  return texts.map((text) => new X509Certificate(text).fingerprint256.replaceAll(':', '').toLowerCase());
}

/** Whether something that was trusted is no more. */
export function losesRoot(before: string, after: string): boolean {
  if (before === after) return false;
  const kept = new Set(fingerprintsOf(after));
  return fingerprintsOf(before).some((fingerprint) => !kept.has(fingerprint));
}
