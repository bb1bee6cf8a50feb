import type { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { PickRequest } from './pick-request.ts';
import type { Algorithm } from './roster-balancer.ts';

/** Any, by shares. */
export class RandomChoice implements Algorithm {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  choose(candidates: Candidates, { avoid }: PickRequest): Backend | undefined {
    return candidates.drawBut(avoid, this.random)?.backend;
  }
}
