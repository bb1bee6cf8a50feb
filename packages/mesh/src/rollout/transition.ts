import { formatPercent } from '../format.ts';
import type { VersionWeight } from '../traffic-split.ts';
import { change, type Happening, leave } from './change.ts';
import { describeStep } from './describe.ts';
import { hold, isHeld } from './hold.ts';
import type { RolloutSpec } from './spec.ts';
import type {
  Person,
  Rollout,
  RolloutEffect,
  RolloutEventType,
  RolloutOutcome,
  RolloutState,
  RolloutTransition,
} from './state.ts';

/** Goes to a step, or past the last one to the end; a step that a freeze holds up is waited for. */
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
  const decided = decidedBy(state, happenings);
  const throughFreeze = isOverridden(happenings);
  if (step.type === 'setWeight' && !throughFreeze && isHeld(rollout, step.weight, now, changes)) {
    return hold(rollout, stepIndex, now, { ...changes, decided }, happenings);
  }

  const entered: Partial<RolloutState> = {
    ...changes,
    stepIndex,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    decided,
    effect: null,
    visited: [...leave(state, now), { stepIndex, startedAt: now, endedAt: null }],
  };
  if (step.type === 'setWeight') {
    const why = `Rollout of ${spec.service} ${spec.candidate}: step ${stepIndex + 1}, ${describeStep(step)}${decided}`;
    const effect = setWeights(rollout, step.weight, why, throughFreeze);
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

/**
 * All steps are done, or skipped by `promoted`: the candidate gets everything if it has not got it already. A freeze
 * holds this up too; a weight that is under way then is waited for first.
 */
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
    : (state.outcome ?? { kind: 'completed', reason: '', by: null, at: now });
  const decided = decidedBy(state, happenings);
  const ending: Partial<RolloutState> = {
    ...changes,
    stepIndex: spec.steps.length,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    decided,
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
  const throughFreeze = isOverridden(happenings);
  if (!throughFreeze && isHeld(rollout, 100, now, changes)) {
    if (state.effect !== null && ending.effect !== null) {
      return change(rollout, now, { ...ending, phase: 'running' }, happenings);
    }
    const decision = outcome.kind === 'promoted' ? outcome : null;
    return hold(rollout, spec.steps.length, now, { ...ending, outcome: decision }, happenings);
  }
  const who = outcome.kind === 'promoted' ? decided : `: all steps done${decided}`;
  const why = `Rollout of ${spec.service} ${spec.candidate}${who}`;
  const effect = setWeights(rollout, 100, why, throughFreeze);
  return change(rollout, now, { ...ending, phase: 'running', effect }, happenings);
}

export function completed(spec: RolloutSpec): Happening {
  return { type: 'completed', text: `All traffic of ${spec.service} is on ${spec.candidate}` };
}

/** What a freeze has held up begins. */
export function release(rollout: Rollout, now: number, happenings: readonly Happening[]): RolloutTransition {
  return enterStep(rollout, rollout.state.stepIndex, now, {}, happenings);
}

function isOverridden(happenings: readonly Happening[]): boolean {
  return happenings.some(({ type }) => type === 'went-on');
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
      effect: setWeights(rollout, 0, why, false),
      visited: leave(state, now),
    },
    happenings,
  );
}

/** What the timeline says when a weight is in force. */
export function weightSet(spec: RolloutSpec, weight: number): Happening {
  return { type: 'weight-set', text: `Weight of ${spec.candidate} set to ${formatPercent(weight)}` };
}

function setWeights(
  { id, spec, state }: Rollout,
  candidate: number,
  why: string,
  throughFreeze: boolean,
): RolloutEffect {
  const weights = splitWeights(spec, candidate);
  const effect: RolloutEffect = { id: `${id}/${state.transition + 1}`, kind: 'setWeights', weights, why };
  return throughFreeze ? { ...effect, throughFreeze } : effect;
}

/** Who let the next weight go, in the words of its change; what was decided before a freeze counts after it. */
function decidedBy({ phase, outcome, decided }: RolloutState, happenings: readonly Happening[]): string {
  const before = phase === 'frozen' || outcome !== null ? decided : '';
  return happenings.reduce((words, { type, actor, comment }) => {
    const word = decisionWords[type];
    return actor && word ? `${words}, ${word} by ${actor.name}${said(comment)}` : words;
  }, before);
}

const decisionWords: Partial<Record<RolloutEventType, string>> = {
  approved: 'approved',
  resumed: 'resumed',
  promoted: 'promoted',
  'went-on': 'let through the freeze',
};

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
