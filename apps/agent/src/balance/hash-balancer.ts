import type { Backend } from './backend.ts';
import type { Balancer, Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import { hash32, mix, unitInterval } from './hash.ts';
import type { KeyReader } from './hash-key.ts';
import { HashRing } from './hash-ring.ts';
import type { Member } from './member.ts';
import type { PickRequest } from './pick-request.ts';
import { RandomChoice } from './random-choice.ts';
import type { Roster } from './roster.ts';
import { RosterBalancer } from './roster-balancer.ts';

const KEY_SEED = 0x5eed;
const ZONE_SEED = 0x20e5;
const WARMTH_SEED = 0x3a27;

/**
 * The same key goes to the same backend, with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016): one that has its
 * multiple of the average load is passed by, clockwise, so that neither a popular key nor one chosen with intent can
 * bury a backend. Requests without the key are spread at random.
 */
export class HashBalancer implements Balancer {
  private readonly roster: Roster;
  private readonly ring: HashRing;
  private readonly keyOf: KeyReader;
  private readonly maxLoad: number;
  private readonly withoutKey: RosterBalancer;

  constructor(roster: Roster, keyOf: KeyReader, maxLoadPercent: number, random: Random) {
    this.roster = roster;
    this.ring = new HashRing(
      roster.members.map(({ backend }) => ({ id: backend.endpoint.id, weight: backend.weight })),
    );
    this.keyOf = keyOf;
    this.maxLoad = maxLoadPercent / 100;
    this.withoutKey = new RosterBalancer(roster, new RandomChoice(random), random);
  }

  pick(request: PickRequest): Backend | undefined {
    const key = this.keyOf(request);
    if (key === undefined) return this.withoutKey.pick(request);
    const { roster } = this;
    roster.update(request.now);
    const hash = hash32(key, KEY_SEED);
    const { near, far, nearShare } = roster;
    const staysNear = nearShare === 1 || unitInterval(mix(hash ^ ZONE_SEED)) < nearShare;
    return staysNear
      ? (this.walk(hash, near, request) ?? this.walk(hash, far, request))
      : (this.walk(hash, far, request) ?? this.walk(hash, near, request));
  }

  private walk(hash: number, candidates: Candidates, { avoid }: PickRequest): Backend | undefined {
    const { ring, roster } = this;
    const { members } = candidates;
    if (members.length === 0) return undefined;
    /** What a member of average share may have in flight, with this request. */
    const limit = (this.maxLoad * (roster.active + 1)) / members.length;
    let passedBy: Backend | undefined;
    for (let step = 0, place = ring.locate(hash); step < ring.size; step++, place = ring.next(place)) {
      const member = roster.members[ring.ownerAt(place)] as Member;
      const { backend } = member;
      if (member.candidates !== candidates || backend === avoid) continue;
      if (backend.active < Math.ceil(limit * member.share) && isWarmFor(hash, member)) return backend;
      passedBy ??= backend;
    }
    return passedBy;
  }
}

/** A new member takes over its keys one after the other, always the same first. */
function isWarmFor(hash: number, { warmth }: Member): boolean {
  return warmth === 1 || unitInterval(mix(hash ^ WARMTH_SEED)) < warmth;
}
