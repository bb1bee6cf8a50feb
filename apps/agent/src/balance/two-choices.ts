import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { Member } from './member.ts';
import type { PickRequest } from './pick-request.ts';
import type { Algorithm } from './roster-balancer.ts';

/** Whether `first` is at least as good as `second`. */
type Preference = (first: Member, second: Member, now: number) => boolean;

/**
 * Power of two choices (Mitzenmacher 2001): the better of two drawn at random. Nearly as even as looking at all, and
 * many agents that have seen the same do not all run to the same backend.
 */
export class TwoChoices implements Algorithm {
  private readonly prefers: Preference;
  private readonly random: Random;

  constructor(prefers: Preference, random: Random) {
    this.prefers = prefers;
    this.random = random;
  }

  choose(candidates: Candidates, { avoid, now }: PickRequest): Backend | undefined {
    const { members } = candidates;
    if (members.length < 2) {
      const only = members[0]?.backend;
      return only === avoid ? undefined : only;
    }
    const first = candidates.draw(this.random);
    const second = candidates.drawOther(first, this.random);
    if (first.backend === avoid)
      return second === first ? candidates.drawBut(avoid, this.random)?.backend : second.backend;
    if (second.backend === avoid || this.prefers(first, second, now)) return first.backend;
    return second.backend;
  }
}

/** The fewest requests in flight for its share. */
export function fewestActive(first: Member, second: Member): boolean {
  return first.backend.active * second.share <= second.backend.active * first.share;
}

/**
 * The shortest wait to expect: latency times the requests before this one and itself, those in flight counted by the
 * share. Without a request in flight latency alone decides; shares then have decided who was drawn. One that never
 * answered is compared by its requests in flight: were its latency zero, all would run to it until its first answer.
 */
export function shortestWait(first: Member, second: Member, now: number): boolean {
  const firstMs = first.backend.latencyMs(now);
  const secondMs = second.backend.latencyMs(now);
  if (firstMs === 0 || secondMs === 0) return fewestActive(first, second);
  return (
    firstMs * (1 + first.backend.active / first.share) <=
    secondMs * (1 + second.backend.active / second.share)
  );
}
