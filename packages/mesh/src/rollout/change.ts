import type { RolloutSpec } from './spec.ts';
import type {
  Person,
  Rollout,
  RolloutEffect,
  RolloutEvent,
  RolloutEventType,
  RolloutState,
  RolloutTransition,
} from './state.ts';

/** An event before it knows its transition. */
export interface Happening {
  readonly type: RolloutEventType;
  readonly text: string;
  readonly actor?: Person;
  readonly comment?: string;
}

/** Nothing happened; an effect that is still open is asked for again, in case it was lost. */
export function unchanged(state: RolloutState): RolloutTransition {
  return { state, effects: openEffects(state), events: [], changed: false };
}

/** One change of state, numbered. Every transition of the machine is made here. */
export function change(
  rollout: Rollout,
  now: number,
  changes: Partial<Omit<RolloutState, 'transition'>>,
  happenings: readonly Happening[],
): RolloutTransition {
  const transition = rollout.state.transition + 1;
  const state: RolloutState = { ...rollout.state, ...changes, transition };
  const events = happenings.map(
    ({ type, text, actor, comment }): RolloutEvent => ({
      type,
      text,
      at: now,
      // A step's own line belongs to the step it begins or holds up, all others to the step they happened in.
      stepIndex: type === 'step' || type === 'frozen' ? state.stepIndex : rollout.state.stepIndex,
      transition,
      actor: actor ?? null,
      comment: comment ?? '',
    }),
  );
  return { state, effects: openEffects(state), events, changed: true };
}

function openEffects(state: RolloutState): RolloutEffect[] {
  return state.effect ? [state.effect] : [];
}

/** The candidate's share in an effect of this rollout. */
export function candidateShare(spec: RolloutSpec, effect: RolloutEffect): number {
  return effect.weights.find((entry) => entry.version === spec.candidate)?.weight ?? 0;
}

/** The steps entered so far, the current one left now. */
export function leave(state: RolloutState, now: number): RolloutState['visited'] {
  return state.visited.map((visit) => (visit.endedAt === null ? { ...visit, endedAt: now } : visit));
}
