import type { TrustReport } from '@tulle/mesh/agent-protocol';
import { LatestWriter } from '../config-store/latest-writer.ts';
import type { DataPlane, DataPlaneLogger } from '../data-plane.ts';
import { isoTime } from '../iso-time.ts';
import { type Identity, isValidAt } from './identity.ts';
import type { IdentityStore } from './identity-store.ts';
import { fingerprintsOf } from './trusted-roots.ts';

/** The one place that knows the agent's present identity: keeps data path, disk and memory in step. */
export class IdentityKeeper {
  readonly #dataPlane: Pick<DataPlane, 'setIdentity' | 'withdrawIdentity'>;
  readonly #store: IdentityStore;
  readonly #logger: DataPlaneLogger;
  readonly #writer: LatestWriter<Identity>;
  #current: Identity | undefined;
  #report: { of: Identity; said: TrustReport } | undefined;

  constructor(
    dataPlane: Pick<DataPlane, 'setIdentity' | 'withdrawIdentity'>,
    store: IdentityStore,
    logger: DataPlaneLogger,
  ) {
    this.#dataPlane = dataPlane;
    this.#store = store;
    this.#logger = logger;
    // A failure to write is loud but not fatal: what is in memory serves on.
    this.#writer = new LatestWriter(
      (identity) => store.save(identity),
      (error) =>
        logger.error({ err: error }, 'the certificate could not be written to disk and is lost on a restart'),
    );
  }

  get current(): Identity | undefined {
    return this.#current;
  }

  /** Whether there is a certificate that peers accept now. */
  get valid(): boolean {
    return this.#current !== undefined && isValidAt(this.#current, Date.now());
  }

  /** What the API is told of the identity in force; undefined when there is none. */
  get trustReport(): TrustReport | undefined {
    const identity = this.#current;
    if (identity === undefined || !this.valid) return undefined;
    if (this.#report?.of !== identity) {
      const { serial, trustBundlePem } = identity;
      this.#report = { of: identity, said: { serial, roots: fingerprintsOf(trustBundlePem) } };
    }
    return this.#report.said;
  }

  /** Takes the certificate on disk into use; one that is revoked or has expired is only remembered. */
  restore(): void {
    const stored = this.#store.load();
    if (stored === undefined) return;
    this.#current = stored;
    const fields = { serial: stored.serial, notAfter: isoTime(stored.notAfter) };
    if (stored.revoked)
      this.#logger.error(fields, 'the certificate on disk is revoked: nobody is served with it');
    else if (!this.valid) this.#logger.error(fields, 'the certificate on disk has expired');
    else this.#tryIdentity(stored);
  }

  #tryIdentity(stored: Identity): void {
    try {
      this.#dataPlane.setIdentity(stored);
    } catch (error) {
      this.#current = undefined;
      this.#logger.error({ err: error }, 'the certificate on disk cannot be used and is ignored');
    }
  }

  /** A new certificate: in force first, then on disk. Throws when the data path cannot use it. */
  adopt(identity: Identity): void {
    this.#dataPlane.setIdentity(identity);
    this.#current = identity;
    this.#logger.info(
      { serial: identity.serial, notAfter: isoTime(identity.notAfter) },
      'a new certificate is in force',
    );
    this.#writer.put(identity);
  }

  /** Roots to trust from now on. Throws when the data path cannot use them; the former ones then stay. */
  trust(trustBundlePem: string): void {
    const identity = this.#current;
    if (identity === undefined || identity.trustBundlePem === trustBundlePem) return;
    const next = { ...identity, trustBundlePem };
    if (isValidAt(next, Date.now())) this.#dataPlane.setIdentity(next);
    this.#current = next;
    this.#logger.info({}, 'the trusted roots have changed');
    this.#writer.put(next);
  }

  /** The API says that this certificate is revoked: fail closed, and stay so after a restart. */
  revoke(): void {
    if (this.#current === undefined || this.#current.revoked) return;
    this.#dataPlane.withdrawIdentity();
    this.#current = { ...this.#current, revoked: true };
    this.#logger.error(
      { serial: this.#current.serial },
      'the certificate of this agent is revoked: it accepts nobody and calls nobody until it joins again with a new token',
    );
    this.#writer.put(this.#current);
  }

  /** The API accepts a certificate that it once called revoked. */
  reinstate(): void {
    if (this.#current?.revoked) this.adopt({ ...this.#current, revoked: false });
  }

  /** What is in force is on disk no more. */
  rewrite(): void {
    if (this.#current !== undefined) this.#writer.put(this.#current);
  }

  /** Resolves when what is in force is on disk. */
  async settled(): Promise<void> {
    await this.#writer.settled();
  }
}
