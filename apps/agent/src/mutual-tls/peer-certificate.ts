import type { PeerCertificate } from 'node:tls';
import { parseServiceSpiffeId } from '@tulle/mesh/spiffe';

/** What a verified certificate says about the peer. */
export interface PeerIdentity {
  readonly spiffeId: string;
  readonly trustDomain: string;
  readonly service: string;
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Serial numbers are compared in lower case without leading zeros, which writers of hexadecimal disagree on. */
export function normaliseSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '');
}

/**
 * The identity in a certificate whose chain OpenSSL has verified, or undefined. X509-SVID section 2: exactly
 * one URI name, and that a SPIFFE ID; anything more is not read as whichever name suits.
 */
export function readPeerIdentity(certificate: PeerCertificate): PeerIdentity | undefined {
  // Without a certificate Node gives an empty object.
  const names = certificate.subjectaltname;
  if (typeof names !== 'string') return undefined;
  // A name with a comma is quoted by Node; no SPIFFE ID has one.
  const uris = names.split(', ').filter((name) => name.startsWith('URI:'));
  const [uri] = uris;
  if (uri === undefined || uris.length !== 1) return undefined;
  const spiffeId = uri.slice('URI:'.length);
  const parsed = parseServiceSpiffeId(spiffeId);
  if (parsed === undefined) return undefined;
  return {
    spiffeId,
    trustDomain: parsed.trustDomain,
    service: parsed.service,
    serial: normaliseSerial(certificate.serialNumber),
    notAfter: Date.parse(certificate.valid_to),
  };
}
