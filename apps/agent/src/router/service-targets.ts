import type { ServiceView } from '@tulle/mesh/service-view';
import type { Sticky } from '@tulle/mesh/sticky';
import type { Backend } from '../balance/backend.ts';
import type { Fleet } from '../balance/fleet.ts';
import { pickAnyway } from '../balance/pick-anyway.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { EvenSequence } from '../balance/sequence.ts';
import { type Share, Split } from '../balance/split.ts';
import type { Branch } from './branch.ts';
import type { Destination, Target } from './route-decision.ts';
import { stickyDestination } from './sticky-destination.ts';

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
  destination(sticky: Sticky | undefined): Destination {
    const { view, split } = this;
    const key = sticky ?? view.sticky;
    if (key === undefined || view.weights === undefined) return split;
    const branches = view.weights.map(({ version, weight }) => this.version(version, weight));
    return stickyDestination(key, branches, split);
  }

  /** As one of several backends of a rule. */
  branch(version: string | undefined, weight: number, sticky: Sticky | undefined): Branch {
    if (version !== undefined) return this.version(version, weight);
    // A session names the endpoint itself, so that nothing is left to decide inside.
    const destination = sticky?.by === 'session' ? this.split : this.destination(sticky);
    return new SplitBranch(this.view.service, weight, this.split.backends, destination);
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
  return {
    name,
    weight,
    isVoid: true,
    backends: [],
    targetOn: (backend) => backend,
    pick: () => undefined,
    pickAny: () => undefined,
  };
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

  get backends(): readonly Backend[] {
    return this.share.backends;
  }

  targetOn(backend: Backend): Target {
    return backend;
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
  readonly backends: readonly Backend[];
  private readonly destination: Destination;

  constructor(name: string, weight: number, backends: readonly Backend[], destination: Destination) {
    this.name = name;
    this.weight = weight;
    this.backends = backends;
    this.destination = destination;
  }

  targetOn(backend: Backend): Target {
    return backend;
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
