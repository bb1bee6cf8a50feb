import type { LoadBalancer } from '@tulle/mesh/load-balancer';
import type { Backend } from './backend.ts';
import type { Balancer, Random } from './balancer.ts';
import { compileBalancer } from './compile-balancer.ts';
import type { ServiceBackends } from './service-backends.ts';
import type { CompiledShare } from './split.ts';

/** The endpoints of a service that this agent uses, as one view says. */
export class Fleet {
  readonly backends: readonly Backend[];
  private readonly known: ServiceBackends;
  private readonly settings: LoadBalancer;
  private readonly zone: string;
  private readonly random: Random;

  constructor(
    known: ServiceBackends,
    backends: readonly Backend[],
    settings: LoadBalancer,
    zone: string,
    random: Random,
  ) {
    this.known = known;
    this.backends = backends;
    this.settings = settings;
    this.zone = zone;
    this.random = random;
  }

  /** One version with its weight in a split; without a name all versions as one. */
  share(version: string | undefined, weight: number): CompiledShare {
    const backends =
      version === undefined
        ? this.backends
        : this.backends.filter(({ endpoint }) => endpoint.version === version);
    return { version: version ?? '', weight, backends, balancer: this.balancer(version ?? '', backends) };
  }

  private balancer(name: string, backends: readonly Backend[]): Balancer {
    const { balancers } = this.known;
    const places = backends.map(({ weight, endpoint }) => [weight, endpoint.zone]);
    const settings = JSON.stringify([this.settings, places]);
    const former = balancers.get(name);
    if (former !== undefined && former.settings === settings && areSame(former.backends, backends)) {
      return former.balancer;
    }
    const balancer = compileBalancer(backends, this.settings, this.zone, this.random);
    balancers.set(name, { balancer, backends, settings });
    return balancer;
  }
}

function areSame(former: readonly Backend[], now: readonly Backend[]): boolean {
  return former.length === now.length && former.every((backend, index) => backend === now[index]);
}
