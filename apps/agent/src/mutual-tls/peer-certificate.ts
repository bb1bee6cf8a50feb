import type { X509Certificate } from 'node:crypto';
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

/** As `getPeerCertificate` gives it; an empty object when there is none. */
export function readPeerIdentity(certificate: PeerCertificate): PeerIdentity | undefined {
  return identityOf(certificate.subjectaltname, certificate.serialNumber, certificate.valid_to);
}

/**
 * The same of a caller, from `getPeerX509Certificate`, which costs an eighth: only what is asked for is made text of. On a
 * socket that has connected itself Node gives that but once.
 */
export function readX509Identity(certificate: X509Certificate | undefined): PeerIdentity | undefined {
  if (certificate === undefined) return undefined;
  return identityOf(certificate.subjectAltName, certificate.serialNumber, certificate.validTo);
}

/**
 * The identity in a certificate whose chain OpenSSL has verified, or undefined. X509-SVID section 2: exactly
 * one URI name, and that a SPIFFE ID; anything more is not read as whichever name suits.
 */
function identityOf(names: string | undefined, serial: string, validTo: string): PeerIdentity | undefined {
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
    serial: normaliseSerial(serial),
    notAfter: Date.parse(validTo),
  };
}
