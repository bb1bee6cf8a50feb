import type { Sticky } from '@tulle/mesh/sticky';
import { compileHashKey } from '../balance/hash-key.ts';
import type { Branch } from './branch.ts';
import type { Destination } from './route-decision.ts';
import { SessionChoice } from './session-choice.ts';
import { StickyChoice } from './sticky-choice.ts';

/** Keeps users at their branch; `byWeight` chooses for those who have none yet. */
export function stickyDestination(
  sticky: Sticky,
  branches: readonly Branch[],
  byWeight: Destination,
): Destination {
  return sticky.by === 'session'
    ? new SessionChoice(sticky, branches, byWeight)
    : new StickyChoice(compileHashKey(sticky), branches, byWeight);
}
