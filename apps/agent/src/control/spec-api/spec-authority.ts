import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import {
  bitString,
  context,
  element,
  objectIdentifier,
  pem,
  sequence,
  set,
  utf8String,
} from '../../identity/der.ts';

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const boolean = element(0x01, Uint8Array.of(0xff));
const octets = (content: Uint8Array) => element(0x04, content);

interface Signer {
  readonly name: string;
  readonly certificatePem: string;
  readonly key: KeyObject;
}

export interface Leaf {
  readonly certificatePem: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A root, an intermediate, and leafs of any life: for specs only, in a few lines of DER. */
export class SpecAuthority {
  readonly trustDomain: string;
  readonly root: Signer;
  readonly intermediate: Signer;

  constructor(trustDomain = 'spec.mesh') {
    this.trustDomain = trustDomain;
    this.root = authority(`root of ${trustDomain}`);
    this.intermediate = authority(`intermediate of ${trustDomain}`, this.root);
  }

  /** SHA-256 of the root's DER, as join tokens carry it. */
  get fingerprint(): string {
    return createHash('sha256').update(derOf(this.root.certificatePem)).digest('hex');
  }

  /** Leaf and intermediate; the root is only for those who do not have it yet. */
  chainOf(leaf: Leaf): string {
    return `${leaf.certificatePem}${this.intermediate.certificatePem}`;
  }

  issue(spiffeId: string, publicKey: KeyObject, lifeMs: number): Leaf {
    // Times in certificates are whole seconds.
    const notBefore = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const notAfter = Math.ceil((Date.now() + lifeMs) / 1_000) * 1_000;
    const uri = element(0x86, Buffer.from(spiffeId));
    const extensions = [extension('2.5.29.17', octets(sequence(uri)))];
    const serial = newSerial();
    const certificatePem = certificate({
      serial,
      subject: spiffeId.slice(0, 64),
      publicKey,
      notBefore,
      notAfter,
      extensions,
      signer: this.intermediate,
    });
    return { certificatePem, serial, notBefore, notAfter };
  }

  /** A fresh key with its leaf, for servers and peers of specs. */
  identity(spiffeId: string, lifeMs = 3_600_000): { keyPem: string; chainPem: string; leaf: Leaf } {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const leaf = this.issue(spiffeId, publicKey, lifeMs);
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { keyPem, chainPem: this.chainOf(leaf), leaf };
  }
}

/** The public key out of a PKCS#10 request: the third member of its info. */
export function publicKeyOf(csrPem: string): KeyObject {
  const [info] = members(derOf(csrPem));
  const [, , spki] = members(info ?? Buffer.alloc(0));
  if (spki === undefined) throw new Error('no public key in the request');
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

function authority(name: string, signer?: Signer): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const basicConstraints = extension('2.5.29.19', boolean, octets(sequence(boolean)));
  const self = { name, key: privateKey, certificatePem: '' };
  const certificatePem = certificate({
    serial: newSerial(),
    subject: name,
    publicKey,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 86_400_000,
    extensions: [basicConstraints],
    signer: signer ?? self,
  });
  return { ...self, certificatePem };
}

function certificate(parts: {
  serial: string;
  subject: string;
  publicKey: KeyObject;
  notBefore: number;
  notAfter: number;
  extensions: Buffer[];
  signer: Signer;
}): string {
  const { serial, subject, publicKey, notBefore, notAfter, extensions, signer } = parts;
  const body = sequence(
    context(0, element(0x02, Uint8Array.of(2))),
    element(0x02, Buffer.from(serial, 'hex')),
    ecdsaWithSha256,
    distinguishedName(signer.name),
    sequence(utcTime(notBefore), utcTime(notAfter)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions)),
  );
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, signer.key))));
}

function extension(identifier: string, ...rest: Uint8Array[]): Buffer {
  return sequence(objectIdentifier(identifier), ...rest);
}

function distinguishedName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+|[-:T]/g, '');
  return element(0x17, Buffer.from(digits.slice(2)));
}

function newSerial(): string {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function derOf(pemText: string): Buffer {
  return Buffer.from(pemText.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** The members of a constructed element, each with its own header. */
function members(der: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = headerLength(der, 0);
  while (at < der.length) {
    const end = at + headerLength(der, at) + contentLength(der, at);
    found.push(der.subarray(at, end));
    at = end;
  }
  return found;
}

function headerLength(der: Buffer, at: number): number {
  const first = der[at + 1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function contentLength(der: Buffer, at: number): number {
  const first = der[at + 1] ?? 0;
  return first < 0x80 ? first : der.readUIntBE(at + 2, first & 0x7f);
}
