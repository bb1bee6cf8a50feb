import type { LoadBalancer } from '@tulle/mesh/load-balancer';
import type { Backend } from './backend.ts';
import { Candidates } from './candidates.ts';
import { Member } from './member.ts';
import type { VersionGroup } from './version-group.ts';

export type RosterSettings = Pick<LoadBalancer, 'localityPercent' | 'panicPercent'>;

/** Bounds of how often shares are computed anew while a backend warms up. */
const MIN_WARMING_STEP_MS = 50;
const MAX_WARMING_STEP_MS = 1_000;
const WARMING_STEPS = 100;

/**
 * Who of a version's backends can be chosen now. Looked at again only when something happened to one of them, or when
 * time has come for one: a choice among a thousand costs as much as among ten.
 */
export class Roster {
  readonly members: readonly Member[];
  /** Those of the own zone; all of them when zones do not matter. */
  readonly near = new Candidates();
  /** Those of other zones. */
  readonly far = new Candidates();
  /** Which part of the requests goes to `near`. */
  nearShare = 1;
  private readonly settings: RosterSettings;
  private readonly groups: readonly VersionGroup[];
  private seenChanges = -1;
  private validUntil = Number.NEGATIVE_INFINITY;

  /** The backends are of one service and share their {@link HealthChanges}. */
  constructor(backends: readonly Backend[], settings: RosterSettings, zone: string) {
    this.members = backends.map(
      (backend) => new Member(backend, zone !== '' && backend.endpoint.zone === zone),
    );
    this.settings = settings;
    this.groups = [...new Set(backends.map(({ peers }) => peers))];
  }

  /** Requests in flight to all of these backends. */
  get active(): number {
    let active = 0;
    for (const group of this.groups) active += group.active;
    return active;
  }

  update(now: number): void {
    const changes = this.groups[0]?.changes.count ?? 0;
    if (changes === this.seenChanges && now < this.validUntil) return;
    this.seenChanges = changes;
    this.validUntil = this.nextChange(now);
    for (const member of this.members) member.candidates = undefined;
    const usable = this.members.filter(({ backend }) => backend.isAvailable(now));
    if (this.panics(usable.length)) this.ignoreHealth(now);
    else this.preferZone(usable, now);
  }

  private nextChange(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { backend } of this.members) {
      const at = backend.changesAt(now);
      if (at > now && at < next) next = at;
      if (backend.warmth(now) === 1) continue;
      const step = backend.peers.slowStartMs / WARMING_STEPS;
      next = Math.min(next, now + Math.max(MIN_WARMING_STEP_MS, Math.min(MAX_WARMING_STEP_MS, step)));
    }
    return next;
  }

  /** With none usable at all there is nobody to protect from all of the load: other versions may do better. */
  private panics(usable: number): boolean {
    if (usable === 0) return false;
    const onTrial = this.members.filter(({ backend }) => backend.isOnTrial).length;
    return (usable + onTrial) * 100 < this.settings.panicPercent * this.members.length;
  }

  /** What was judged is ignored, not what is known: a backend that refuses connections takes load from nobody. */
  private ignoreHealth(now: number): void {
    this.near.fill(
      this.members.filter(({ backend }) => backend.isReachable(now)),
      now,
    );
    this.far.fill([], now);
    this.nearShare = 1;
  }

  private preferZone(usable: readonly Member[], now: number): void {
    const { localityPercent } = this.settings;
    const own = this.members.filter(({ isLocal }) => isLocal).length;
    if (localityPercent === 0 || own === 0) {
      this.near.fill(usable, now);
      this.far.fill([], now);
      this.nearShare = 1;
      return;
    }
    const near = usable.filter(({ isLocal }) => isLocal);
    const far = usable.filter(({ isLocal }) => !isLocal);
    this.near.fill(near, now);
    this.far.fill(far, now);
    this.nearShare = far.length === 0 ? 1 : Math.min(1, (near.length * 100) / (own * localityPercent));
  }
}
