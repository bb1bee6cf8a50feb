import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { DataPlaneIdentity } from '../data-plane.ts';
import {
  bitString,
  context,
  objectIdentifier,
  pem,
  sequence,
  set,
  smallInteger,
  utf8String,
} from '../identity/der.ts';

/** For specs and benches: a certificate authority small enough to be made for each of them. */
export class TestAuthority {
  readonly trustDomain: string;
  readonly rootPem: string;
  private readonly key: KeyObject;
  private readonly name: Buffer;
  private readonly lifetimeMs: number;

  constructor(trustDomain = 'mesh.test', commonName = 'Test root', lifetimeMs = 3_600_000) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.trustDomain = trustDomain;
    this.key = privateKey;
    this.lifetimeMs = lifetimeMs;
    this.name = distinguishedName(commonName);
    const authorityExtension = extension('2.5.29.19', sequence(Buffer.of(1, 1, 0xff)));
    this.rootPem = this.issue(publicKey, this.name, authorityExtension, lifetimeMs).certificatePem;
  }

  /**
   * The identity of a service; `uri` replaces its SPIFFE ID, `dns` makes it that of a server outside of the mesh, a
   * negative lifetime makes one that has expired.
   */
  identity(
    service: string,
    {
      lifetimeMs = this.lifetimeMs,
      uri = `spiffe://${this.trustDomain}/service/${service}`,
      dns = '',
      trust = this.rootPem,
    } = {},
  ): DataPlaneIdentity & { serial: string } {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // GeneralName [6] is a uniformResourceIdentifier, [2] a dNSName.
    const name = sequence(element(dns === '' ? 0x86 : 0x82, Buffer.from(dns || uri, 'latin1')));
    const { certificatePem, serial } = this.issue(
      publicKey,
      sequence(),
      extension('2.5.29.17', name),
      lifetimeMs,
    );
    return {
      certificateChainPem: certificatePem,
      keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      trustBundlePem: trust,
      trustDomain: this.trustDomain,
      serial,
    };
  }

  private issue(publicKey: KeyObject, subject: Buffer, extensions: Buffer, lifetimeMs: number) {
    const serial = randomBytes(8);
    serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
    const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
    const end = Date.now() + lifetimeMs;
    const start = Math.min(Date.now(), end) - 3_600_000;
    const certificate = sequence(
      context(0, smallInteger(2)),
      element(2, serial),
      algorithm,
      this.name,
      sequence(utcTime(start), utcTime(end)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      context(3, sequence(extensions)),
    );
    const signature = bitString(sign('sha256', certificate, this.key));
    return {
      certificatePem: pem('CERTIFICATE', sequence(certificate, algorithm, signature)),
      serial: serial.toString('hex'),
    };
  }
}

function element(tag: number, content: Uint8Array): Buffer {
  const length = content.length < 128 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

/** A critical extension. */
function extension(oid: string, value: Uint8Array): Buffer {
  return sequence(objectIdentifier(oid), Buffer.of(1, 1, 0xff), element(4, value));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))));
}

/** As RFC 5280 section 4.1.2.5 wants it until 2049. */
function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`, 'latin1'));
}
