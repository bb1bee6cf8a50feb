import { formatDuration } from '../format.ts';
import { candidateShare, change, type Happening, unchanged } from './change.ts';
import { isFrozen } from './freeze.ts';
import { isHeld, withdraw } from './hold.ts';
import { type ArmCounters, judge, type Verdict } from './judge.ts';
import type { RolloutSpec, RolloutStep } from './spec.ts';
import type { Rollout, RolloutEffect, RolloutState, RolloutTransition } from './state.ts';
import { complete, completed, enterStep, release, returnToStable, weightSet } from './transition.ts';

/** What the runner has learned since the last look. */
export interface RolloutSignals {
  /** The id of an effect that is done; any but the open one is ignored. */
  readonly effectApplied?: string | undefined;
  /** The id of an effect that is not done and must not be, as a freeze has begun; any but the open one is ignored. */
  readonly effectFrozen?: string | undefined;
  /** Counters since `state.stepStartedAt`; awaited while the phase is `analysing`. */
  readonly analysis?: { readonly stable: ArmCounters; readonly candidate: ArmCounters } | undefined;
}

/** The first transition: enters the first step. */
export function start(id: string, spec: RolloutSpec, now: number): RolloutTransition {
  const state: RolloutState = {
    phase: 'running',
    stepIndex: 0,
    stepStartedAt: now,
    approvals: [],
    paused: null,
    decided: '',
    effect: null,
    candidateWeight: null,
    outcome: null,
    verdicts: [],
    visited: [],
    transition: 0,
  };
  const text = `Rollout of ${spec.service} from ${spec.stable} to ${spec.candidate} started`;
  return enterStep({ id, spec, state }, 0, now, {}, [{ type: 'started', text, comment: spec.reason }]);
}

/**
 * The next transition that time or signals allow, at most one. Pure: the same arguments give the same transition,
 * so that a runner that dies at any point carries on from the stored state. Call it again until nothing changes.
 */
export function advance(rollout: Rollout, now: number, signals: RolloutSignals): RolloutTransition {
  const { spec, state } = rollout;
  if (state.effect) {
    if (signals.effectApplied === state.effect.id) return effectDone(rollout, state.effect, now);
    const isWithdrawn = signals.effectFrozen === state.effect.id && isEffectFrozen(rollout, now);
    return isWithdrawn ? withdraw(rollout, now) : unchanged(state);
  }
  if (state.phase === 'frozen' && !isFrozen(spec.freezeWindows, now)) {
    return release(rollout, now, [{ type: 'thawed', text: 'The freeze is over' }]);
  }
  const step = spec.steps[state.stepIndex];
  if (state.phase === 'waiting-time' && step?.type === 'pause') return waitForTime(rollout, step, now);
  if (state.phase === 'analysing' && step?.type === 'analysis') return analyse(rollout, step, now, signals);
  return unchanged(state);
}

/** Whether the open effect would give the candidate more during a freeze, and nobody has let it through. */
export function isEffectFrozen(rollout: Rollout, now: number): boolean {
  const { spec, state } = rollout;
  if (state.effect === null || state.effect.throughFreeze) return false;
  return isHeld(rollout, candidateShare(spec, state.effect), now, { effect: null });
}

function effectDone(rollout: Rollout, effect: RolloutEffect, now: number): RolloutTransition {
  const { spec, state } = rollout;
  const candidateWeight = candidateShare(spec, effect);
  const applied = { effect: null, candidateWeight };
  const happening = weightSet(spec, candidateWeight);
  if (state.phase === 'aborting') {
    const phase = state.outcome?.kind === 'failed' ? 'failed' : 'aborted';
    const text = `All traffic of ${spec.service} is back on ${spec.stable}`;
    return change(rollout, now, { ...applied, phase }, [{ type: 'returned', text }]);
  }
  // The weight of a step that somebody has paused meanwhile: the next step waits until it is resumed.
  if (state.phase === 'paused') return change(rollout, now, applied, [happening]);
  if (state.stepIndex >= spec.steps.length && candidateWeight < 100) {
    return complete(rollout, now, applied, [happening], null);
  }
  if (state.stepIndex >= spec.steps.length) {
    return change(rollout, now, { ...applied, phase: 'completed' }, [happening, completed(spec)]);
  }
  return enterStep(rollout, state.stepIndex + 1, now, applied, [happening]);
}

function waitForTime(
  rollout: Rollout,
  step: Extract<RolloutStep, { type: 'pause' }>,
  now: number,
): RolloutTransition {
  const { state } = rollout;
  if (now - state.stepStartedAt < (step.durationMs ?? Number.POSITIVE_INFINITY)) return unchanged(state);
  return enterStep(rollout, state.stepIndex + 1, now, {}, []);
}

/** Fails as soon as the verdict does; passes at the end of the duration; waits for more data up to the timeout. */
function analyse(
  rollout: Rollout,
  step: Extract<RolloutStep, { type: 'analysis' }>,
  now: number,
  { analysis }: RolloutSignals,
): RolloutTransition {
  const { state } = rollout;
  if (analysis === undefined) return unchanged(state);
  const verdict = judge(analysis.stable, analysis.candidate, step.rule);
  const elapsed = now - state.stepStartedAt;
  if (verdict.state === 'fail') return analysisFailed(rollout, now, verdict, verdict.sentence);
  if (verdict.state === 'pass' && elapsed >= step.durationMs) {
    const happening: Happening = { type: 'analysis-passed', text: `Analysis passed. ${verdict.sentence}` };
    const verdicts = withVerdict(state, now, verdict);
    return enterStep(rollout, state.stepIndex + 1, now, { verdicts }, [happening]);
  }
  if (elapsed >= Math.max(step.durationMs, step.timeoutMs)) {
    const reason = `No verdict after ${formatDuration(elapsed)}. ${verdict.sentence}`;
    return analysisFailed(rollout, now, verdict, reason);
  }
  return unchanged(state);
}

function analysisFailed(rollout: Rollout, now: number, verdict: Verdict, reason: string): RolloutTransition {
  return returnToStable(
    rollout,
    now,
    { kind: 'failed', reason, by: null, at: now },
    { verdicts: withVerdict(rollout.state, now, verdict) },
    [{ type: 'analysis-failed', text: `Analysis failed. ${reason}` }],
  );
}

function withVerdict(state: RolloutState, at: number, verdict: Verdict): RolloutState['verdicts'] {
  return [...state.verdicts, { stepIndex: state.stepIndex, at, verdict }];
}
