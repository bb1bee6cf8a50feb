import { MeshError } from '../errors.ts';
import { countOf } from '../format.ts';
import { change } from './change.ts';
import { describePhase } from './describe.ts';
import type { RolloutActionName, RolloutSpec } from './spec.ts';
import { isFinal, type Person, type Rollout, type RolloutState, type RolloutTransition } from './state.ts';
import { complete, enterStep, release, returnToStable } from './transition.ts';

export type RolloutCapability =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly why: string };

/**
 * What may be done now, and for what may not, why not: the text of the disabled button's tooltip. With a person's id
 * it also knows what this person has done already. Roles are not looked at here.
 */
export function rolloutActions(
  state: RolloutState,
  spec: RolloutSpec,
  personId?: string,
): Record<RolloutActionName, RolloutCapability> {
  const capability = (action: RolloutActionName): RolloutCapability => {
    const why = obstacle(action, state, spec, personId);
    return why === undefined ? { allowed: true } : { allowed: false, why };
  };
  return {
    approve: capability('approve'),
    reject: capability('reject'),
    pause: capability('pause'),
    resume: capability('resume'),
    promote: capability('promote'),
    goOn: capability('goOn'),
    abort: capability('abort'),
  };
}

function obstacle(
  action: RolloutActionName,
  state: RolloutState,
  spec: RolloutSpec,
  personId: string | undefined,
): string | undefined {
  if (isFinal(state.phase)) return `The rollout is over: ${describePhase(state.phase).toLowerCase()}.`;
  if (state.phase === 'aborting') return `It is already returning all traffic to ${spec.stable}.`;
  const ending = state.stepIndex >= spec.steps.length;
  switch (action) {
    case 'approve':
    case 'reject':
      if (state.phase === 'paused' && state.paused?.phase === 'waiting-approval') {
        return 'The rollout is paused; resume it first.';
      }
      if (state.phase !== 'waiting-approval') return 'No step is waiting for an approval now.';
      if (action === 'approve' && state.approvals.some((approval) => approval.personId === personId)) {
        return `You have approved this step; it needs ${countOf(missing(state, spec), 'more person', 'more people')}.`;
      }
      return undefined;
    case 'pause':
      if (state.phase === 'paused') return 'The rollout is paused already.';
      if (state.phase === 'waiting-resume') return 'It already waits until somebody resumes it.';
      if (ending && state.effect !== null) return 'All steps are done; the last weight is being set.';
      return undefined;
    case 'resume':
      if (state.phase === 'paused' || state.phase === 'waiting-resume') return undefined;
      return 'The rollout is not paused.';
    case 'promote':
      if (!ending) return undefined;
      return state.effect === null
        ? `All traffic goes to ${spec.candidate} as soon as the freeze is over.`
        : `All traffic is already on its way to ${spec.candidate}.`;
    case 'goOn':
      if (state.phase === 'frozen') return undefined;
      return state.paused?.phase === 'frozen'
        ? 'The rollout is paused; resume it first.'
        : 'No freeze window holds it up now.';
    case 'abort':
      return undefined;
  }
}

function missing(state: RolloutState, spec: RolloutSpec): number {
  const step = spec.steps[state.stepIndex];
  return step?.type === 'approval' ? step.approvals - state.approvals.length : 0;
}

/** What a person does to a rollout. Throws `action_not_allowed` with the reason when the state forbids it. */
export function act(
  rollout: Rollout,
  action: RolloutActionName,
  actor: Person,
  comment: string,
  now: number,
): RolloutTransition {
  const why = obstacle(action, rollout.state, rollout.spec, actor.id);
  if (why !== undefined) throw new MeshError('action_not_allowed', why);
  switch (action) {
    case 'approve':
      return approve(rollout, actor, comment, now);
    case 'reject': {
      const outcome = { kind: 'rejected', reason: comment, by: actor, at: now } as const;
      const happening = { type: 'rejected', text: 'rejected the step', actor, comment } as const;
      return returnToStable(rollout, now, outcome, {}, [happening]);
    }
    case 'pause': {
      const paused = { phase: rollout.state.phase, at: now, by: actor, comment };
      const happening = { type: 'paused', text: 'paused the rollout', actor, comment } as const;
      return change(rollout, now, { phase: 'paused', paused }, [happening]);
    }
    case 'resume':
      return resume(rollout, actor, comment, now);
    case 'promote': {
      const text = `promoted ${rollout.spec.candidate}, skipping the remaining steps`;
      const happening = { type: 'promoted', text, actor, comment } as const;
      return complete(rollout, now, {}, [happening], { by: actor, comment });
    }
    case 'goOn': {
      if (comment === '') throw needsReason();
      const happening = { type: 'went-on', text: 'went on through the freeze', actor, comment } as const;
      return release(rollout, now, [happening]);
    }
    case 'abort': {
      const outcome = { kind: 'aborted', reason: comment, by: actor, at: now } as const;
      const happening = { type: 'aborted', text: 'aborted the rollout', actor, comment } as const;
      return returnToStable(rollout, now, outcome, {}, [happening]);
    }
  }
}

function needsReason(): MeshError {
  const message = 'Say why it goes on through the freeze.';
  return new MeshError('bad_request', message, { issues: [{ path: ['comment'], message }] });
}

function approve(rollout: Rollout, actor: Person, comment: string, now: number): RolloutTransition {
  const { state, spec } = rollout;
  const approvals = [...state.approvals, { personId: actor.id, name: actor.name, comment, at: now }];
  const open = missing(state, spec) - 1;
  const text = `approved, ${approvals.length} of ${approvals.length + open}`;
  const happening = { type: 'approved', text, actor, comment } as const;
  if (open > 0) return change(rollout, now, { approvals }, [happening]);
  return enterStep(rollout, state.stepIndex + 1, now, {}, [happening]);
}

function resume(rollout: Rollout, actor: Person, comment: string, now: number): RolloutTransition {
  const { state } = rollout;
  const happening = { type: 'resumed', text: 'resumed the rollout', actor, comment } as const;
  const from = state.paused;
  // The step itself waited for this, or its weight came into force while it was paused: it is done.
  if (from === null || (from.phase === 'running' && state.effect === null)) {
    return enterStep(rollout, state.stepIndex + 1, now, {}, [happening]);
  }
  const stepStartedAt = state.stepStartedAt + Math.max(0, now - from.at);
  return change(rollout, now, { phase: from.phase, paused: null, stepStartedAt }, [happening]);
}
