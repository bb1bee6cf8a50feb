import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { normaliseSerial } from './peer-certificate.ts';

export interface IdentityPem {
  readonly certificateChainPem: string;
  readonly keyPem: string;
  readonly trustBundlePem: string;
  readonly trustDomain: string;
}

const protocol = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  // OpenSSL would prefer AES-256; 128 bits are what RFC 8446 section 9.1 asks of everyone, and cost a third less.
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384',
} as const satisfies SecureContextOptions;

/** What this agent proves itself with and whom it believes; replaced as a whole, never changed. */
interface Identity {
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
  readonly trustBundlePem: string;
  readonly trustDomain: string;
}

/** The agent's certificate and its list of revoked ones, as the listeners and the connectors see them now. */
export class Credentials {
  /** Grows with every identity, so that a pooled connection knows whether it was made with the present one. */
  generation = 0;
  private identity: Identity | undefined;
  private revoked: ReadonlySet<string> = new Set();

  /** Throws when key, certificate or bundle cannot be used. */
  set(pem: IdentityPem): void {
    const options: SecureContextOptions = {
      ...protocol,
      cert: withIssuer(pem),
      key: pem.keyPem,
      ca: pem.trustBundlePem,
    };
    const leaf = new X509Certificate(pem.certificateChainPem);
    if (pem.trustBundlePem.trim() === '') throw new Error('the trust bundle is empty');
    if (Date.parse(leaf.validTo) <= Date.now()) throw new Error(`the certificate expired at ${leaf.validTo}`);
    const { trustBundlePem, trustDomain } = pem;
    this.identity = { options, context: createSecureContext(options), trustBundlePem, trustDomain };
    this.generation++;
  }

  clear(): void {
    this.identity = undefined;
    this.generation++;
  }

  /** Of the present identity; undefined without one. */
  get trustBundlePem(): string | undefined {
    return this.identity?.trustBundlePem;
  }

  get current(): Identity | undefined {
    return this.identity;
  }

  setRevoked(serials: readonly string[]): void {
    this.revoked = new Set(serials.map(normaliseSerial));
  }

  isRevoked(serial: string): boolean {
    return this.revoked.has(serial);
  }
}

const certificateText = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The chain as it is shown to peers. Where it is a single certificate, OpenSSL would look for its issuer in the trust
 * bundle, verify its signature and send both, in every handshake: with the issuer it has nothing to complete.
 */
function withIssuer({ certificateChainPem, trustBundlePem }: IdentityPem): string {
  if (certificateChainPem.match(certificateText)?.length !== 1) return certificateChainPem;
  const leaf = new X509Certificate(certificateChainPem);
  const issuer = trustBundlePem.match(certificateText)?.find((text) => hasIssued(leaf, text));
  return issuer === undefined ? certificateChainPem : `${certificateChainPem.trimEnd()}\n${issuer}\n`;
}

function hasIssued(leaf: X509Certificate, text: string): boolean {
  const issuer = new X509Certificate(text);
  // The first compares names alone, which an authority may keep when it changes its key.
  return leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
}
