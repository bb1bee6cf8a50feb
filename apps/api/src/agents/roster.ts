import type { Endpoint } from '@tulle/mesh/service-view';
import type { Member } from './member.ts';

/** An agent that vanished without a word is sent requests this long; the data plane avoids it sooner by itself. */
export const unseenMs = 60_000;

/** Which instances there are, by service; in memory, and pure but for the clock it is given. */
export class Roster {
  readonly #members = new Map<string, Member>();
  readonly #byService = new Map<string, Map<string, Member>>();
  readonly #startedAt: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  all(): IterableIterator<Member> {
    return this.#members.values();
  }

  of(service: string): IterableIterator<Member> {
    return (this.#byService.get(service) ?? new Map<string, Member>()).values();
  }

  put(member: Member): void {
    const before = this.#members.get(member.id);
    if (before !== undefined && before.service !== member.service) this.remove(before);
    this.#members.set(member.id, member);
    const siblings = this.#byService.get(member.service) ?? new Map<string, Member>();
    this.#byService.set(member.service, siblings.set(member.id, member));
  }

  remove(member: Member): void {
    this.#members.delete(member.id);
    const siblings = this.#byService.get(member.service);
    siblings?.delete(member.id);
    if (siblings?.size === 0) this.#byService.delete(member.service);
  }

  isCaller(service: string): boolean {
    const members = [...this.of(service)];
    return members.length > 0 && members.every(({ inbound }) => inbound === null);
  }

  services(): string[] {
    return [...this.#byService.keys()].sort();
  }

  /** Connected, or lost so shortly ago that it may be back in a moment. */
  isPresent(member: Member): boolean {
    if (member.revokedAt !== null || member.leftAt !== null) return false;
    if (member.connected && this.#isFresh(member)) return true;
    return this.#now() - member.lastSeenAt < unseenMs;
  }

  /**
   * An agent that was connected when we started has had no chance to be seen while no API ran: its time counts
   * from our start, so that a restart empties nobody's endpoints.
   */
  #isFresh(member: Member): boolean {
    return this.#now() - Math.max(member.lastSeenAt, this.#startedAt) < unseenMs;
  }

  endpoints(service: string): Endpoint[] {
    const endpoints: Endpoint[] = [];
    for (const member of this.of(service)) {
      if (member.inbound === null || !this.isPresent(member)) continue;
      endpoints.push({
        id: member.instance,
        version: member.version,
        host: member.inbound.host,
        port: member.inbound.port,
        tls: true,
        ...(member.zone !== '' && { zone: member.zone }),
      });
    }
    return endpoints;
  }

  versionsOf(service: string): { version: string; instances: number }[] {
    const counts = new Map<string, number>();
    for (const member of this.of(service)) {
      if (this.isPresent(member)) counts.set(member.version, (counts.get(member.version) ?? 0) + 1);
    }
    return [...counts]
      .map(([version, instances]) => ({ version, instances }))
      .sort((a, b) => (a.version < b.version ? -1 : 1));
  }
}
