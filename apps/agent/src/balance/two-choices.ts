import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { Member } from './member.ts';
import type { PickRequest } from './pick-request.ts';
import type { Algorithm } from './roster-balancer.ts';

/** Whether `first` is at least as good as `second`. */
type Preference = (first: Member, second: Member, now: number) => boolean;

/** Draws in all, while the best so far has requests in flight. */
const MAX_CHOICES = 4;

/**
 * Power of two choices (Mitzenmacher 2001): the better of two drawn at random. Nearly as even as looking at all, and
 * many agents that have seen the same do not all run to the same backend. Where many agents share the load, each finds
 * its choice without a request of its own and stays with two. An agent that carries much of the load itself finds it
 * busy, knows more than others do, and looks at up to two more: against instances that work on one request at a time
 * two choices alone wait half as long again as the best, four come within a fifth.
 */
export class TwoChoices implements Algorithm {
  private readonly prefers: Preference;
  private readonly random: Random;

  constructor(prefers: Preference, random: Random) {
    this.prefers = prefers;
    this.random = random;
  }

  choose(candidates: Candidates, { avoid, now }: PickRequest): Backend | undefined {
    const { random } = this;
    const count = candidates.members.length;
    const first =
      avoid === undefined && count > 0 ? candidates.draw(random) : candidates.drawBut(avoid, random);
    if (first === undefined || count === 1) return first?.backend;
    let best = this.better(first, candidates.drawOther(first, random), avoid, now);
    for (let draws = 2; draws < MAX_CHOICES && count > 2 && best.backend.active > 0; draws++) {
      best = this.better(best, candidates.draw(random), avoid, now);
    }
    return best.backend;
  }

  private better(first: Member, second: Member, avoid: Backend | undefined, now: number): Member {
    return second.backend === avoid || this.prefers(first, second, now) ? first : second;
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
