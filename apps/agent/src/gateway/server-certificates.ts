import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** A certificate that is shown to the world; the paths are for people who look for a mistake. */
export interface ServerCertificate {
  readonly certificatePath: string;
  /** Leaf first, then the intermediates. */
  readonly certificateChainPem: string;
  readonly keyPath: string;
  readonly keyPem: string;
}

/**
 * What the world may speak: forward secrecy and authenticated encryption alone (Mozilla's "intermediate", without the
 * slow exchange over finite fields), which is also all that RFC 9113 section 9.2.2 leaves of TLS 1.2. OpenSSL would
 * prefer AES-256; 128 bits are what RFC 8446 section 9.1 asks of everyone, and cost a third less.
 */
export const publicTls = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
  // A handshake within a connection costs the server most of its work, for nothing (RFC 9113 section 9.2.1).
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions;

/** One of them, ready for use. */
export class ServedCertificate {
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
  readonly path: string;
  /** When it ends, in milliseconds since 1970. */
  readonly notAfter: number;
  private readonly names: ReadonlySet<string>;

  /** Throws with the path and the reason when it cannot be shown to anybody. */
  constructor({ certificatePath, certificateChainPem, keyPath, keyPem }: ServerCertificate) {
    const leaf = named(
      certificatePath,
      'no certificate in PEM',
      () => new X509Certificate(certificateChainPem),
    );
    const key = named(keyPath, 'no key in PEM that is open', () => createPrivateKey(keyPem));
    if (!leaf.checkPrivateKey(key)) throw new Error(`${keyPath}: this is not the key of ${certificatePath}`);
    this.path = certificatePath;
    this.options = { ...publicTls, cert: certificateChainPem, key: keyPem };
    this.context = named(certificatePath, 'cannot be used', () => createSecureContext(this.options));
    this.names = namesOf(leaf);
    if (this.names.size === 0) throw new Error(`${certificatePath}: it names no host (subjectAltName)`);
    this.notAfter = Date.parse(leaf.validTo);
  }

  /** Whether clients believe that who shows it is this host: a `*.` stands for one label (RFC 9525 section 6.3). */
  covers(host: string): boolean {
    return this.names.has(host) || this.names.has(`*${host.substring(Math.max(0, host.indexOf('.')))}`);
  }

  hasName(name: string): boolean {
    return this.names.has(name);
  }
}

/** All certificates of a gateway. Immutable: other files are another object. */
export class ServerCertificates {
  private readonly all: readonly ServedCertificate[];

  /** Throws with path and reason when one cannot be used. */
  constructor(certificates: readonly ServerCertificate[]) {
    this.all = certificates.map((certificate) => new ServedCertificate(certificate));
  }

  /** The paths of those that nobody believes any more at `now`. */
  expired(now: number): string[] {
    return this.all.filter(({ notAfter }) => notAfter <= now).map(({ path }) => path);
  }

  /** For clients that name nobody, as those do that know only an address. */
  get first(): ServedCertificate | undefined {
    return this.all[0];
  }

  covers(host: string): boolean {
    return this.for(host) !== undefined;
  }

  /** The first with exactly this name, else the first whose `*.` holds for it; `serverName` in lower case. */
  for(serverName: string): ServedCertificate | undefined {
    return (
      this.all.find((certificate) => certificate.hasName(serverName)) ??
      this.all.find((certificate) => certificate.covers(serverName))
    );
  }
}

/** The names of DNS in it, in lower case. A common name counts no more (RFC 9525 section 2). */
function namesOf({ subjectAltName = '' }: X509Certificate): ReadonlySet<string> {
  // Node writes a name with commas or quotes in it as JSON; no host has such a name.
  const found = subjectAltName.matchAll(/(?:^|, )DNS:([-*.0-9A-Za-z_]+)(?=,|$)/g);
  return new Set(Array.from(found, ([, name = '']) => name.toLowerCase()));
}

function named<T>(path: string, what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path}: ${what}: ${reason}`, { cause: error });
  }
}
