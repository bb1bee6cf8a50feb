import { fullJitter } from '../control/backoff.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import { type Identity, renewalTime } from './identity.ts';

/** A timer sleeps through suspends and clock changes: no deadline is trusted for longer than this. */
const longestSleepMs = 30_000;

export interface RenewalOptions {
  readonly current: () => Identity | undefined;
  /** Asks for a new certificate and puts it into force; rejects when that failed. */
  readonly renew: () => Promise<void>;
  readonly logger: DataPlaneLogger;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** When a certificate is due: by the time of day, and by a clock nobody sets, in milliseconds of `performance.now()`. */
interface Due {
  readonly serial: string;
  readonly at: number;
  readonly elapsedMs: number;
}

/**
 * Renews the certificate at half of its life, and tries again until it has succeeded or the certificate is gone.
 * Whichever clock says first that it is time is believed: one set back must not outlive the certificate, and the other
 * may stand still while the machine sleeps.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  #timer: NodeJS.Timeout | undefined;
  #due: Due | undefined;
  #failures = 0;
  /** Not before this, in milliseconds of `performance.now()`. */
  #retryElapsedMs = 0;
  #asked = false;
  #running = false;
  #stopped = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Someone wants a new certificate at once, whatever the age of this one. */
  renewNow(): void {
    this.#asked = true;
    this.#retryElapsedMs = 0;
    this.#schedule();
  }

  /** The certificate has been replaced, or a connection is there to ask over: look again. */
  recheck(): void {
    this.#retryElapsedMs = 0;
    this.#schedule();
  }

  /** When the next attempt is due by the clock; undefined without a certificate. */
  nextAt(): number | undefined {
    const identity = this.#options.current();
    if (identity === undefined) return undefined;
    const now = this.#now();
    const elapsedMs = performance.now();
    if (this.#due?.serial !== identity.serial) {
      const at = renewalTime(identity, this.#random());
      this.#due = { serial: identity.serial, at, elapsedMs: elapsedMs + at - now };
    }
    const { at, elapsedMs: dueElapsedMs } = this.#due;
    const dueAt = this.#asked ? 0 : Math.min(at, now + dueElapsedMs - elapsedMs);
    return Math.round(Math.max(dueAt, now + this.#retryElapsedMs - elapsedMs));
  }

  #schedule(): void {
    if (this.#stopped || this.#running) return;
    clearTimeout(this.#timer);
    const at = this.nextAt();
    const sleepMs = at === undefined ? longestSleepMs : at - this.#now();
    this.#timer = setTimeout(() => void this.#tick(), Math.min(Math.max(sleepMs, 0), longestSleepMs));
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    const at = this.nextAt();
    // To the millisecond: the two clocks round differently.
    if (at === undefined || at - 1 > this.#now()) return this.#schedule();
    this.#running = true;
    try {
      await this.#options.renew();
      this.#asked = false;
      this.#failures = 0;
      this.#retryElapsedMs = 0;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#running = false;
    }
    this.#schedule();
  }

  #failed(error: unknown): void {
    const delayMs = fullJitter(this.#failures++, this.#random());
    this.#retryElapsedMs = performance.now() + delayMs;
    const leftMs = (this.#options.current()?.notAfter ?? 0) - this.#now();
    this.#options.logger.error(
      { err: error, leftMs, retryInMs: Math.round(delayMs) },
      leftMs > 0
        ? 'the certificate could not be renewed'
        : 'the certificate has expired and could not be renewed',
    );
  }
}
