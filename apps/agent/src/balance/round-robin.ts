import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { PickRequest } from './pick-request.ts';
import type { Algorithm } from './roster-balancer.ts';
import { Rotation } from './rotation.ts';

/** Each in its turn, as often as its share says, the turns of each spread evenly. */
export class RoundRobin implements Algorithm {
  private readonly rotations = new WeakMap<Candidates, Rotation>();
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  choose(candidates: Candidates, { avoid }: PickRequest): Backend | undefined {
    if (candidates.members.length === 0) return undefined;
    const next = this.rotationOf(candidates).next();
    if (next.backend !== avoid) return next.backend;
    return candidates.drawBut(avoid, this.random)?.backend;
  }

  private rotationOf(candidates: Candidates): Rotation {
    let rotation = this.rotations.get(candidates);
    if (rotation === undefined) {
      rotation = new Rotation(this.random);
      this.rotations.set(candidates, rotation);
    }
    rotation.follow(candidates);
    return rotation;
  }
}
