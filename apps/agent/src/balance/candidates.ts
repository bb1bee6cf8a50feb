import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import type { Member } from './member.ts';

/** Draws before the others are looked at one by one. */
const MAX_DRAWS = 4;
/** Shares that differ by less are equal. */
const TOLERANCE = 1e-9;

/** Members that can be chosen now, and a way to draw one by its share in constant time: the alias method (Vose 1991). */
export class Candidates {
  members: readonly Member[] = [];
  /** Counts refills, for who keeps something about the members. */
  generation = 0;
  private even = true;

  fill(members: readonly Member[], now: number): void {
    this.members = members;
    this.generation++;
    let total = 0;
    for (const [index, member] of members.entries()) {
      member.candidates = this;
      member.index = index;
      member.warmth = member.backend.warmth(now);
      member.share = member.backend.weight * member.warmth;
      total += member.share;
    }
    const average = total / members.length;
    this.even = true;
    for (const member of members) {
      member.share /= average;
      if (Math.abs(member.share - 1) > TOLERANCE) this.even = false;
    }
    if (!this.even) this.buildAliases();
  }

  /** By shares; there must be members. */
  draw(random: Random): Member {
    const place = random() * this.members.length;
    const column = Math.floor(place);
    const member = this.members[column] as Member;
    return this.even || place - column < member.threshold ? member : member.alias;
  }

  /**
   * A second one beside `first`, of at least two. With unequal shares it may be `first` again, though seldom: were it
   * always another, both of two members would be in every choice and their shares without effect.
   */
  drawOther(first: Member, random: Random): Member {
    if (!this.even) {
      const second = this.draw(random);
      return second === first ? this.draw(random) : second;
    }
    const column = Math.floor(random() * (this.members.length - 1));
    return this.members[column < first.index ? column : column + 1] as Member;
  }

  drawBut(avoid: Backend | undefined, random: Random): Member | undefined {
    const { members } = this;
    const count = members.length;
    if (count === 0) return undefined;
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const member = this.draw(random);
      if (member.backend !== avoid) return member;
    }
    const start = Math.floor(random() * count);
    for (let step = 0; step < count; step++) {
      const member = members[(start + step) % count] as Member;
      if (member.backend !== avoid) return member;
    }
    return undefined;
  }

  private buildAliases(): void {
    const left = new Map<Member, number>();
    const small: Member[] = [];
    const large: Member[] = [];
    for (const member of this.members) {
      left.set(member, member.share);
      member.threshold = 1;
      member.alias = member;
      (member.share < 1 ? small : large).push(member);
    }
    for (let poor = small.pop(), rich = large.pop(); poor !== undefined && rich !== undefined; ) {
      const share = left.get(poor) as number;
      poor.threshold = share;
      poor.alias = rich;
      const rest = (left.get(rich) as number) - (1 - share);
      left.set(rich, rest);
      if (rest < 1) {
        poor = rich;
        rich = large.pop();
      } else {
        poor = small.pop();
      }
    }
  }
}
