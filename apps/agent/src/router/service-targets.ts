import type { HashKey } from '@tulle/mesh/load-balancer';
import type { ServiceView } from '@tulle/mesh/service-view';
import type { Backend } from '../balance/backend.ts';
import type { Fleet } from '../balance/fleet.ts';
import { compileHashKey } from '../balance/hash-key.ts';
import { pickAnyway } from '../balance/pick-anyway.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { EvenSequence } from '../balance/sequence.ts';
import { type Share, Split } from '../balance/split.ts';
import type { Branch } from './branch.ts';
import type { Destination, Target } from './route-decision.ts';
import { StickyChoice } from './sticky-choice.ts';

/** Where requests to one service can go: to a version, or by its split. */
export class ServiceTargets {
  readonly backends: readonly Backend[];
  private readonly view: ServiceView;
  private readonly fleet: Fleet;
  private readonly split: Split;
  private readonly shares = new Map<string, Share>();

  constructor(view: ServiceView, fleet: Fleet, sequence: EvenSequence) {
    this.view = view;
    this.fleet = fleet;
    this.backends = fleet.backends;
    const shares = view.weights?.map(({ version, weight }) => fleet.share(version, weight));
    this.split = new Split(shares ?? [fleet.share(undefined, 1)], sequence);
  }

  /** By the split; `sticky` takes the place of the split's own. */
  destination(sticky: HashKey | undefined): Destination {
    const { view, split } = this;
    const key = sticky ?? view.sticky;
    if (key === undefined || view.weights === undefined) return split;
    const branches = view.weights.map(({ version, weight }) => this.version(version, weight));
    return new StickyChoice(compileHashKey(key), branches, split);
  }

  /** As one of several backends of a rule. */
  branch(version: string | undefined, weight: number, sticky: HashKey | undefined): Branch {
    if (version !== undefined) return this.version(version, weight);
    return new SplitBranch(this.view.service, weight, this.destination(sticky));
  }

  private version(version: string, weight: number): Branch {
    const share = this.shares.get(version) ?? this.fleet.share(version, weight);
    this.shares.set(version, share);
    return new VersionBranch(`${this.view.service} ${version}`, weight, share);
  }
}

/** For what is answered before it would be sent. */
export const nowhere: Destination = { pick: () => undefined };

/** For a service that no view is known of. */
export function voidBranch(name: string, weight: number): Branch {
  return { name, weight, isVoid: true, pick: () => undefined, pickAny: () => undefined };
}

class VersionBranch implements Branch {
  readonly name: string;
  readonly weight: number;
  readonly isVoid = false;
  private readonly share: Share;

  constructor(name: string, weight: number, share: Share) {
    this.name = name;
    this.weight = weight;
    this.share = share;
  }

  pick(request: PickRequest): Target | undefined {
    return this.share.balancer?.pick(request);
  }

  pickAny(request: PickRequest): Target | undefined {
    return pickAnyway(this.share.backends, request);
  }
}

class SplitBranch implements Branch {
  readonly name: string;
  readonly weight: number;
  readonly isVoid = false;
  private readonly destination: Destination;

  constructor(name: string, weight: number, destination: Destination) {
    this.name = name;
    this.weight = weight;
    this.destination = destination;
  }

  /** A split gives what is not usable only when nothing is. */
  pick(request: PickRequest): Target | undefined {
    const target = this.destination.pick(request);
    if (target === undefined || target.backend === request.avoid) return undefined;
    return target.backend.isAvailable(request.now) ? target : undefined;
  }

  pickAny(request: PickRequest): Target | undefined {
    return this.destination.pick(request);
  }
}
