import { createHash } from 'node:crypto';

/** Services are given addresses of 127.64.0.0/10: clear of 127.0.0.0/16, where other programs have theirs. */
const FIRST = (127 << 24) | (64 << 16);
const HOST_BITS = 22;

/** Service name -> address in dotted form. */
export type AssignedAddresses = Readonly<Record<string, string>>;

/**
 * A loopback address for every service: the hash of its name, so that every agent at every time gives it the same.
 * Where two names meet, the later one takes the next of its own hashes; that is remembered by whoever keeps
 * {@link assigned}.
 */
export class LoopbackAddresses {
  private readonly byService = new Map<string, Uint8Array>();
  private readonly taken = new Set<number>();

  /** Throws when `stored` holds what can never have been assigned. */
  constructor(stored: AssignedAddresses = {}) {
    for (const [service, text] of Object.entries(stored)) {
      const number = parse(text);
      if (number === undefined || this.taken.has(number))
        throw new Error(`${text} cannot be the address of ${service}`);
      this.take(service, number);
    }
  }

  of(service: string): Uint8Array | undefined {
    return this.byService.get(service);
  }

  /** Gives those without an address theirs; true when there were any. */
  assign(services: Iterable<string>): boolean {
    // In the order of names: agents that learn the same services at once agree, also where two names meet.
    const fresh = Array.from(services).filter((service) => !this.byService.has(service));
    for (const service of fresh.sort()) this.take(service, this.firstFree(service));
    return fresh.length > 0;
  }

  get assigned(): AssignedAddresses {
    return Object.fromEntries(
      Array.from(this.byService, ([service, address]) => [service, address.join('.')]),
    );
  }

  private firstFree(service: string): number {
    for (let turn = 0; ; turn++) {
      const number = hashOf(service, turn);
      if (isUsable(number) && !this.taken.has(number)) return number;
    }
  }

  private take(service: string, number: number): void {
    this.taken.add(number);
    this.byService.set(
      service,
      Uint8Array.of(number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff),
    );
  }
}

function hashOf(service: string, turn: number): number {
  const digest = createHash('sha256')
    .update(turn === 0 ? service : `${service} ${turn}`)
    .digest();
  return FIRST | (digest.readUInt32BE(0) >>> (32 - HOST_BITS));
}

/** Programs take addresses that end in 0 or 255 for networks and broadcasts. */
function isUsable(number: number): boolean {
  const last = number & 0xff;
  return last !== 0 && last !== 255;
}

function parse(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  const octets =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  if (!octets) return undefined;
  const number = parts.reduce((sum, part) => (sum << 8) | part, 0);
  return number >>> HOST_BITS === FIRST >>> HOST_BITS && isUsable(number) ? number : undefined;
}
