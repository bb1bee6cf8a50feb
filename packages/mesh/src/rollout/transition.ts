import { formatPercent } from '../format.ts';
import type { VersionWeight } from '../traffic-split.ts';
import { describeStep } from './describe.ts';
import type { RolloutSpec } from './spec.ts';
import type {
  Person,
  Rollout,
  RolloutEffect,
  RolloutEvent,
  RolloutEventType,
  RolloutOutcome,
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
      // A step's own line belongs to the step it begins, all others to the step they happened in.
      stepIndex: type === 'step' ? state.stepIndex : rollout.state.stepIndex,
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

/** Goes to a step, or past the last one to the end. */
export function enterStep(
  rollout: Rollout,
  stepIndex: number,
  now: number,
  changes: Partial<RolloutState>,
  happenings: readonly Happening[],
): RolloutTransition {
  const { spec, state } = rollout;
  const step = spec.steps[stepIndex];
  if (step === undefined) return complete(rollout, now, changes, happenings, null);

  const entered: Partial<RolloutState> = {
    ...changes,
    stepIndex,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    effect: null,
    visited: [...leave(state, now), { stepIndex, startedAt: now, endedAt: null }],
  };
  if (step.type === 'setWeight') {
    const decided = happenings.find(({ type }) => type === 'approved' || type === 'resumed');
    const who = decided?.actor ? `, ${decided.type} by ${decided.actor.name}${said(decided.comment)}` : '';
    const why = `Rollout of ${spec.service} ${spec.candidate}: step ${stepIndex + 1}, ${describeStep(step)}${who}`;
    const effect = setWeights(rollout, splitWeights(spec, step.weight), why);
    return change(rollout, now, { ...entered, phase: 'running', effect }, happenings);
  }
  const waits: Happening = { type: 'step', text: describeStep(step) };
  if (step.type === 'approval') {
    return change(rollout, now, { ...entered, phase: 'waiting-approval' }, [...happenings, waits]);
  }
  if (step.type === 'analysis') {
    return change(rollout, now, { ...entered, phase: 'analysing' }, [...happenings, waits]);
  }
  const phase = step.durationMs === undefined ? 'waiting-resume' : 'waiting-time';
  return change(rollout, now, { ...entered, phase }, [...happenings, waits]);
}

/** All steps are done, or skipped by `promoted`: the candidate gets everything if it has not got it already. */
export function complete(
  rollout: Rollout,
  now: number,
  changes: Partial<RolloutState>,
  happenings: readonly Happening[],
  promoted: { by: Person; comment: string } | null,
): RolloutTransition {
  const { spec, state } = rollout;
  const outcome: RolloutOutcome = promoted
    ? { kind: 'promoted', reason: promoted.comment, by: promoted.by, at: now }
    : { kind: 'completed', reason: '', by: null, at: now };
  const ending: Partial<RolloutState> = {
    ...changes,
    stepIndex: spec.steps.length,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    outcome,
    visited: leave(state, now),
  };
  const weight = ending.candidateWeight ?? state.candidateWeight;
  // A weight still under way might arrive after this one is taken for granted, so then everything is set again.
  const settled = weight === 100 && (ending.effect === null || state.effect === null);
  if (settled) {
    return change(rollout, now, { ...ending, phase: 'completed', effect: null }, [
      ...happenings,
      completed(spec),
    ]);
  }
  const why = promoted
    ? `Rollout of ${spec.service} ${spec.candidate}, promoted by ${promoted.by.name}${said(promoted.comment)}`
    : `Rollout of ${spec.service} ${spec.candidate}: all steps done`;
  const effect = setWeights(rollout, splitWeights(spec, 100), why);
  return change(rollout, now, { ...ending, phase: 'running', effect }, happenings);
}

export function completed(spec: RolloutSpec): Happening {
  return { type: 'completed', text: `All traffic of ${spec.service} is on ${spec.candidate}` };
}

/** The way back: everything to stable, whatever was under way. */
export function returnToStable(
  rollout: Rollout,
  now: number,
  outcome: RolloutOutcome,
  changes: Partial<RolloutState>,
  happenings: readonly Happening[],
): RolloutTransition {
  const { spec, state } = rollout;
  const who = outcome.by ? `${outcome.kind} by ${outcome.by.name}` : outcome.kind;
  const why = `Rollout of ${spec.service} ${spec.candidate}, ${who}, back to ${spec.stable}${said(outcome.reason)}`;
  return change(
    rollout,
    now,
    {
      ...changes,
      phase: 'aborting',
      outcome,
      approvals: [],
      paused: null,
      effect: setWeights(rollout, splitWeights(spec, 0), why),
      visited: leave(state, now),
    },
    happenings,
  );
}

/** What the timeline says when a weight is in force. */
export function weightSet(spec: RolloutSpec, weight: number): Happening {
  return { type: 'weight-set', text: `Weight of ${spec.candidate} set to ${formatPercent(weight)}` };
}

/** The candidate's share in an effect of this rollout. */
export function candidateShare(spec: RolloutSpec, effect: RolloutEffect): number {
  return effect.weights.find((entry) => entry.version === spec.candidate)?.weight ?? 0;
}

function setWeights(rollout: Rollout, weights: VersionWeight[], why: string): RolloutEffect {
  return { id: `${rollout.id}/${rollout.state.transition + 1}`, kind: 'setWeights', weights, why };
}

/** What was written with a decision; everybody who reads the change reads it. */
function said(comment = ''): string {
  return comment === '' ? '' : `: ${comment}`;
}

function splitWeights(spec: RolloutSpec, candidate: number): VersionWeight[] {
  const hundredths = Math.round(candidate * 100);
  return [
    { version: spec.stable, weight: (10_000 - hundredths) / 100 },
    { version: spec.candidate, weight: hundredths / 100 },
  ];
}

function leave(state: RolloutState, now: number): RolloutState['visited'] {
  return state.visited.map((visit) => (visit.endedAt === null ? { ...visit, endedAt: now } : visit));
}
