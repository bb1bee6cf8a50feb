import type { PickRequest } from '../balance/pick-request.ts';
import type { Branch } from './branch.ts';
import type { Destination, HeadChange, RequestChange, Target } from './route-decision.ts';

export interface Changes {
  readonly request: RequestChange | undefined;
  readonly response: HeadChange | undefined;
}

/** Puts changes on targets, each made once: a thousand rules times a hundred endpoints would be many to make ahead. */
class ChangedTargets {
  private readonly changes: Changes;
  private readonly made = new Map<Target, Target>();

  constructor(changes: Changes) {
    this.changes = changes;
  }

  of(target: Target): Target;
  of(target: Target | undefined): Target | undefined;
  of(target: Target | undefined): Target | undefined {
    if (target === undefined) return undefined;
    const known = this.made.get(target);
    if (known !== undefined) return known;
    const { request, response } = this.changes;
    // What comes from within is a request as it is, and at most the field of a sticky choice.
    const changed = { backend: target.backend, request, response: both(response, target.response) };
    this.made.set(target, changed);
    return changed;
  }
}

/** A destination with the changes of a rule; itself when there are none. */
export function changedDestination(inner: Destination, changes: Changes): Destination {
  if (changes.request === undefined && changes.response === undefined) return inner;
  const targets = new ChangedTargets(changes);
  return { pick: (request: PickRequest) => targets.of(inner.pick(request)) };
}

/** A branch with the changes of a backendRef and its rule; itself when there are none. */
export function changedBranch(inner: Branch, changes: Changes): Branch {
  if (changes.request === undefined && changes.response === undefined) return inner;
  const targets = new ChangedTargets(changes);
  const { name, weight, isVoid, backends } = inner;
  return {
    name,
    weight,
    isVoid,
    backends,
    targetOn: (backend) => targets.of(inner.targetOn(backend)),
    pick: (request) => targets.of(inner.pick(request)),
    pickAny: (request) => targets.of(inner.pickAny(request)),
  };
}

function both(first: HeadChange | undefined, second: HeadChange | undefined): HeadChange | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const names = [...(first.removed ?? []), ...(second.removed ?? [])];
  return { removed: names.length === 0 ? undefined : new Set(names), added: first.added + second.added };
}
