import type { LoadBalancer } from '@tulle/mesh/load-balancer';
import type { Backend } from './backend.ts';
import type { Balancer, Random } from './balancer.ts';
import { HashBalancer } from './hash-balancer.ts';
import { compileHashKey } from './hash-key.ts';
import { RandomChoice } from './random-choice.ts';
import { Roster } from './roster.ts';
import { type Algorithm, RosterBalancer } from './roster-balancer.ts';
import { RoundRobin } from './round-robin.ts';
import { fewestActive, shortestWait, TwoChoices } from './two-choices.ts';

/** The balancer a policy asks for. `zone` is the agent's own, '' when it is not known. */
export function compileBalancer(
  backends: readonly Backend[],
  settings: LoadBalancer,
  zone: string,
  random: Random,
): Balancer {
  const roster = new Roster(backends, settings, zone);
  const { algorithm, hashKey, maxLoadPercent } = settings;
  if (algorithm !== 'consistentHash')
    return new RosterBalancer(roster, algorithmOf(algorithm, random), random);
  if (hashKey === undefined) throw new Error('consistentHash needs a hashKey');
  return new HashBalancer(roster, compileHashKey(hashKey), maxLoadPercent, random);
}

function algorithmOf(name: Exclude<LoadBalancer['algorithm'], 'consistentHash'>, random: Random): Algorithm {
  switch (name) {
    case 'peakEwma':
      return new TwoChoices(shortestWait, random);
    case 'leastRequest':
      return new TwoChoices(fewestActive, random);
    case 'roundRobin':
      return new RoundRobin(random);
    case 'random':
      return new RandomChoice(random);
  }
}
