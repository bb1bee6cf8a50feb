import { candidateShare, change, type Happening, leave } from './change.ts';
import { describeFreeze } from './describe-freeze.ts';
import { freezeAt, isFrozen } from './freeze.ts';
import type { RolloutSpec } from './spec.ts';
import type { Rollout, RolloutState, RolloutTransition } from './state.ts';

/** Waits for the end of a freeze before a step begins, or before the end past the last one. */
export function hold(
  rollout: Rollout,
  stepIndex: number,
  now: number,
  changes: Partial<RolloutState>,
  happenings: readonly Happening[],
): RolloutTransition {
  const waiting: Partial<RolloutState> = {
    ...changes,
    phase: 'frozen',
    stepIndex,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    effect: null,
    visited: leave(rollout.state, now),
  };
  return change(rollout, now, waiting, [...happenings, frozen(rollout.spec, now)]);
}

/** The weight under way comes too late, since a window has opened: it waits as if its step had not begun. */
export function withdraw(rollout: Rollout, now: number): RolloutTransition {
  const { spec, state } = rollout;
  const held: Partial<RolloutState> = {
    ...(state.paused === null
      ? { phase: 'frozen', stepStartedAt: now }
      : { paused: { ...state.paused, phase: 'frozen' } }),
    ...(state.outcome?.kind === 'completed' && { outcome: null }),
    effect: null,
    visited: state.visited.filter(({ endedAt }) => endedAt !== null),
  };
  return change(rollout, now, held, [frozen(spec, now)]);
}

/**
 * Whether a freeze is on and this weight would give the candidate more than it has, or is about to have. Before the
 * first weight it counts as having nothing.
 */
export function isHeld(
  { spec, state }: Rollout,
  weight: number,
  now: number,
  { candidateWeight, effect = state.effect }: Partial<RolloutState>,
): boolean {
  const given = candidateWeight ?? state.candidateWeight ?? 0;
  const least = effect === null ? given : Math.min(given, candidateShare(spec, effect));
  return weight > least && isFrozen(spec.freezeWindows, now);
}

function frozen({ freezeWindows }: RolloutSpec, now: number): Happening {
  const freeze = freezeAt(freezeWindows, now);
  return { type: 'frozen', text: freeze === undefined ? 'Frozen' : describeFreeze(freeze, now) };
}
