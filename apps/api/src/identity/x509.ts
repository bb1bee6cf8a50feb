// Must be evaluated before @peculiar/x509, which registers its parts with it.
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Whoever signs: a certificate and its private key. */
export interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** 128 random bits, the first one 0 and the second 1: positive, and always of the same length (RFC 5280 §4.1.2.2). */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** SHA-256 of the DER, lower-case hex. */
export function fingerprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
}

export function newKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
}

export function importPrivateKey(pkcs8: Buffer): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']);
}

export function privateKeyPem(pkcs8: Buffer): string {
  const lines = pkcs8.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

/** A CA's certificate; self-signed without a signer. `pathLength` is how many CAs may follow below it. */
export async function createAuthority({
  subject,
  trustDomain,
  pathLength,
  validity,
  keys,
  signer,
}: {
  subject: string;
  trustDomain: string;
  pathLength: number;
  validity: Validity;
  keys: webcrypto.CryptoKeyPair;
  signer?: Signer | undefined;
}): Promise<x509.X509Certificate> {
  const extensions = [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    // X.509-SVID §3.2: a signing certificate carries the trust domain's own ID.
    new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `spiffe://${trustDomain}` }]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
  const common = { serialNumber: newSerial(), ...validity, signingAlgorithm: keyAlgorithm };
  if (signer === undefined) {
    return x509.X509CertificateGenerator.createSelfSigned({ ...common, name: subject, keys, extensions });
  }
  return x509.X509CertificateGenerator.create({
    ...common,
    subject,
    issuer: signer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    extensions: [...extensions, await x509.AuthorityKeyIdentifierExtension.create(signer.certificate)],
  });
}

/** An X.509-SVID: its only name is the SPIFFE ID, in a critical SAN, since the subject says nothing. */
export async function createLeaf({
  spiffeId,
  publicKey,
  validity,
  signer,
}: {
  spiffeId: string;
  publicKey: x509.PublicKey | webcrypto.CryptoKey;
  validity: Validity;
  signer: Signer;
}): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: '',
    issuer: signer.certificate.subject,
    ...validity,
    publicKey,
    signingKey: signer.key,
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: spiffeId }], true),
      await x509.AuthorityKeyIdentifierExtension.create(signer.certificate),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
}
