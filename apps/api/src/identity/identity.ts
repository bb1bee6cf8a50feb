import type { webcrypto } from 'node:crypto';
import type { PublicKey } from '@peculiar/x509';
import type { CertificateGrant } from '@tulle/mesh/agent-protocol';
import { type RotatedRoot, signingRoot } from '@tulle/mesh/root-rotation';
import { controlPlaneSpiffeId, serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Database } from '@tulle/prisma/database';
import type { CertificateAuthority, Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import { type Authorities, type Exchange, loadAuthorities } from './authorities.ts';
import type { Making } from './authority-making.ts';
import { publicKeyOfRequest } from './certificate-request.ts';
import { loadSecretKey } from './secret-key.ts';
import { createLeaf, exportPrivateKey, newKeyPair, privateKeyPem } from './x509.ts';

const hourMs = 3_600_000;
export const defaultLifetimeMs = 24 * hourMs;

/** A signed leaf, with what the database keeps of it. */
export interface Issued {
  readonly grant: CertificateGrant;
  readonly spiffeId: string;
  /** The leaf alone. */
  readonly pem: string;
  readonly issuedAt: number;
  /** When its holder means to renew: half of its life. */
  readonly renewsAt: number;
  /** Of the root it leads to. */
  readonly rootFingerprint: string;
}

export interface ServerCredentials {
  readonly key: string;
  /** Leaf, what leads to the root in force, and that root: a joiner checks it against the fingerprint in its token. */
  readonly cert: string;
  readonly ca: string;
  readonly notAfter: number;
}

/** The mesh's certificate authority. */
export interface Identity {
  readonly trustDomain: string;
  readonly lifetimeMs: number;
  /** SHA-256 of the DER of the root in force, lower-case hex: what join tokens name. */
  readonly rootFingerprint: string;
  /** What agents are to trust: the root in force, and during a rotation the new one behind it. */
  readonly trustBundlePem: string;
  /** The rotation of the root that is under way. */
  readonly exchange: Exchange | undefined;
  /** Roots, the one in force first, and the intermediate that signs. */
  authorities(): readonly CertificateAuthority[];
  /** Which of the trusted roots has this fingerprint. */
  rootNamed(fingerprint: string): RotatedRoot | undefined;
  /** The key of a request that proves itself; throws MeshError when it does not. */
  verifyRequest(csrPem: string): Promise<PublicKey>;
  /** Signs for a service whose right to the name was checked already. */
  issue(service: string, publicKey: PublicKey): Promise<Issued>;
  /** For the API's own listener, with a fresh key. */
  issueControlPlane(): Promise<ServerCredentials>;
  /** Changes what the roots are, in one transaction under the lock of the CA, and takes it into use. */
  changeRoots(act: (tx: Prisma.TransactionClient, making: Making) => Promise<void>): Promise<void>;
  /** Takes into use what another replica has written. */
  reload(): Promise<void>;
  /** After the roots, or which of them signs, have changed; awaited in the order of subscription. */
  onRoots(listener: () => void | Promise<void>): () => void;
  stop(): void;
}

export async function createIdentity({
  database,
  dataDir,
  secretKey,
  trustDomain: wantedTrustDomain,
  lifetimeMs = defaultLifetimeMs,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  dataDir: string;
  secretKey?: string | undefined;
  /** Only read when the mesh is made; another one later is refused. */
  trustDomain?: string | undefined;
  /** Of agents' certificates, from a minute on. */
  lifetimeMs?: number | undefined;
  logger: Logger;
  now?: () => number;
}): Promise<Identity> {
  const key = await loadSecretKey({ secretKey, dataDir });
  const load = (trustDomain: string | undefined, before?: Parameters<typeof loadAuthorities>[1]) =>
    loadAuthorities({ database, secretKey: key, trustDomain, now: now() }, before);
  let authorities: Authorities = await load(wantedTrustDomain);
  const { trustDomain } = authorities;
  const listeners = new Set<() => void | Promise<void>>();

  // Renews the intermediate in time, and takes over the one that another replica has made.
  const renewal = setInterval(() => {
    reload().catch((error: unknown) =>
      logger.error({ err: error }, 'could not look after the certificate authority'),
    );
  }, hourMs);
  renewal.unref();

  const reload = () => changeRoots();
  let lastChange: Promise<void> = Promise.resolve();

  /** One after the other: what was read first must not be taken into use last. */
  function changeRoots(act?: Parameters<typeof loadAuthorities>[1]): Promise<void> {
    const change = lastChange.then(async () => {
      const before = rootsOf(authorities);
      authorities = await load(trustDomain, act);
      if (rootsOf(authorities) === before) return;
      for (const listener of listeners) await listener();
    });
    lastChange = change.catch(() => undefined);
    return change;
  }

  function trustedRoots(): CertificateAuthority[] {
    const { root, exchange } = authorities;
    return exchange === undefined ? [root] : [root, exchange.newRoot];
  }

  function bundle(): string {
    return trustedRoots()
      .map(({ certificate }) => certificate)
      .join('');
  }

  async function sign(spiffeId: string, publicKey: PublicKey | webcrypto.CryptoKey) {
    const { intermediate, signer, exchange } = authorities;
    // Whoever knows the old root alone, because it was away, believes the new one by this.
    const bridge = exchange && signingRoot(exchange.phase) === 'new' ? exchange.bridge : '';
    const issuedAt = now();
    // Backdated for clocks that are behind, but little of a short life.
    const notBefore = wholeSeconds(issuedAt - Math.min(300_000, lifetimeMs / 10));
    const notAfter = wholeSeconds(Math.min(issuedAt + lifetimeMs, intermediate.notAfter.getTime()));
    const validity = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
    const leaf = await createLeaf({ spiffeId, publicKey, validity, signer });
    const pem = `${leaf.toString('pem')}\n`;
    return {
      pem,
      chainPem: pem + intermediate.certificate + bridge,
      rootFingerprint: intermediate.rootFingerprint,
      serial: leaf.serialNumber.toLowerCase(),
      issuedAt,
      notBefore,
      notAfter,
    };
  }

  async function issue(service: string, publicKey: PublicKey): Promise<Issued> {
    const spiffeId = serviceSpiffeId(trustDomain, service);
    const signed = await sign(spiffeId, publicKey);
    const { pem, chainPem, serial, issuedAt, notBefore, notAfter, rootFingerprint } = signed;
    return {
      grant: {
        certificateChainPem: chainPem,
        trustBundlePem: bundle(),
        trustDomain,
        serial,
        notBefore,
        notAfter,
      },
      spiffeId,
      pem,
      issuedAt,
      renewsAt: Math.round((issuedAt + notAfter) / 2),
      rootFingerprint,
    };
  }

  async function issueControlPlane(): Promise<ServerCredentials> {
    const keys = await newKeyPair();
    const { chainPem, notAfter } = await sign(controlPlaneSpiffeId(trustDomain), keys.publicKey);
    return {
      key: privateKeyPem(await exportPrivateKey(keys.privateKey)),
      cert: chainPem + authorities.root.certificate,
      ca: bundle(),
      notAfter,
    };
  }

  return {
    trustDomain,
    lifetimeMs,
    get rootFingerprint() {
      return authorities.root.fingerprint;
    },
    get trustBundlePem() {
      return bundle();
    },
    get exchange() {
      return authorities.exchange;
    },
    authorities: () => [...trustedRoots(), authorities.intermediate],
    rootNamed: (fingerprint) => {
      const index = trustedRoots().findIndex((root) => root.fingerprint === fingerprint);
      return (['old', 'new'] as const)[index];
    },
    verifyRequest: publicKeyOfRequest,
    issue,
    issueControlPlane,
    changeRoots,
    reload,
    onRoots: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => clearInterval(renewal),
  };
}

/** What tells two states of the roots apart. */
function rootsOf({ root, exchange }: Authorities): string {
  return [root.fingerprint, exchange?.phase, exchange?.newRoot.fingerprint, exchange?.bridge].join();
}

/** X.509 has no smaller unit. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
