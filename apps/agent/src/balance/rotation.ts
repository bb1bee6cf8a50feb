import type { Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { Member } from './member.ts';

/**
 * Earliest deadline first: a member's turns are 1/share apart, and whose turn is due first is next. With equal shares
 * that is the plain rotation. O(log n) for each turn, on a heap.
 */
export class Rotation {
  private readonly random: Random;
  private heap: Member[] = [];
  private generation = -1;
  /** The turn taken last. */
  private turn = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Takes over who is in and what share each has. Who stays keeps its place. */
  follow(candidates: Candidates): void {
    if (candidates.generation === this.generation) return;
    this.generation = candidates.generation;
    const former = new Set(this.heap);
    for (const member of candidates.members) {
      // At random within its first round, so that agents which start together do not all begin with the same.
      const wait = former.has(member)
        ? Math.max(0, member.turnAt - this.turn) * member.turnShare
        : this.random();
      member.turnAt = this.turn + wait / member.share;
      member.turnShare = member.share;
    }
    // What is sorted is a heap.
    this.heap = candidates.members.toSorted((a, b) => a.turnAt - b.turnAt || a.index - b.index);
  }

  /** There must be members. */
  next(): Member {
    const member = this.heap[0] as Member;
    this.turn = member.turnAt;
    member.turnAt += 1 / member.share;
    this.sink();
    return member;
  }

  private sink(): void {
    const { heap } = this;
    const sinking = heap[0] as Member;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Member)) child++;
      const earlier = heap[child] as Member;
      if (!isBefore(earlier, sinking)) break;
      heap[place] = earlier;
      place = child;
    }
    heap[place] = sinking;
  }
}

function isBefore(a: Member, b: Member): boolean {
  return a.turnAt < b.turnAt || (a.turnAt === b.turnAt && a.index < b.index);
}
