import { countOf, formatDuration, formatPercent, listOf } from '@tulle/mesh/format';
import { describeProgress, describeStep } from '@tulle/mesh/rollout/describe';
import type { Verdict } from '@tulle/mesh/rollout/judge';
import type { RolloutStep } from '@tulle/mesh/rollout/spec';
import { isFinal } from '@tulle/mesh/rollout/state';
import type { Prisma } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { StoredRollout } from './rollout-store.ts';
import type { RolloutStepView } from './view.ts';

interface Known {
  readonly events: readonly Prisma.RolloutEventModel[];
  /** Percent, by the index of the step that set the weight. */
  readonly observed: ReadonlyMap<number, number>;
  /** The running analysis, or the last one. */
  readonly verdict: Verdict | null;
  readonly now: number;
}

type StepState = RolloutStepView['state'];

/** The rail of steps: what was done, where it stands, what is to come. */
export function stepViews(rollout: StoredRollout, known: Known): RolloutStepView[] {
  return rollout.spec.steps.map((step, index) => {
    const visit = rollout.state.visited.findLast(({ stepIndex }) => stepIndex === index);
    const state = stateOf(rollout, index);
    return {
      step,
      text: describeStep(step),
      state,
      startedAt: visit?.startedAt ?? null,
      finishedAt: visit?.endedAt ?? null,
      note: noteOf(rollout, step, index, state, known),
    };
  });
}

function stateOf({ state }: StoredRollout, index: number): StepState {
  const { outcome, visited } = state;
  // When somebody promotes, the step it stood at is left undone; when it ends otherwise, stepIndex tells.
  const last = outcome?.kind === 'promoted' ? (visited.at(-1)?.stepIndex ?? 0) : state.stepIndex;
  if (index < last) return 'done';
  if (outcome === null) return index === last && !isFinal(state.phase) ? 'now' : 'next';
  const wasFound = outcome.kind === 'failed' || outcome.kind === 'rejected';
  return index === last && wasFound ? 'failed' : 'skipped';
}

function noteOf(
  rollout: StoredRollout,
  step: RolloutStep,
  index: number,
  state: StepState,
  known: Known,
): string {
  if (state === 'next') return '';
  if (state === 'skipped') {
    // Somebody ended it while it stood here; who had approved by then still counts for something.
    const stoodHere = rollout.state.visited.at(-1)?.stepIndex === index;
    return stoodHere
      ? joined(step.type === 'approval' ? decidedBy(index, known) : '', 'ended here')
      : 'skipped';
  }
  const isNow = state === 'now';
  const isFrozen = (rollout.state.paused?.phase ?? rollout.state.phase) === 'frozen';
  const held = isNow && rollout.state.phase === 'paused' ? 'paused' : '';
  switch (step.type) {
    case 'setWeight':
      if (isNow && isFrozen) return joined(held, progress(rollout, known.now));
      return joined(held, isNow ? 'being set' : observedNote(known.observed.get(index)));
    case 'pause':
      return joined(held, isNow ? progress(rollout, known.now) : waited(rollout, index));
    case 'approval':
      return joined(held, isNow ? approvedSoFar(rollout, known.now) : decidedBy(index, known));
    case 'analysis':
      return joined(held, isNow ? liveVerdict(rollout, known) : endedVerdict(rollout, index));
  }
}

function observedNote(percent: number | undefined): string {
  return percent === undefined ? '' : `observed ${formatPercent(percent)}`;
}

function progress({ spec, state }: StoredRollout, now: number): string {
  return describeProgress(spec, state, now);
}

function waited({ state }: StoredRollout, index: number): string {
  const visit = state.visited.findLast(({ stepIndex }) => stepIndex === index);
  return visit?.endedAt == null ? '' : formatDuration(visit.endedAt - visit.startedAt);
}

function approvedSoFar(rollout: StoredRollout, now: number): string {
  const names = rollout.state.approvals.map(({ name }) => name);
  return joined(progress(rollout, now), names.length === 0 ? '' : `by ${listOf(names)}`);
}

const eventDataSchema = z.object({ stepIndex: z.int().optional() });

function decidedBy(index: number, { events }: Known): string {
  const here = events.filter(({ data }) => eventDataSchema.parse(data).stepIndex === index);
  const rejected = here.find(({ type }) => type === 'rejected');
  if (rejected !== undefined) return `rejected by ${rejected.actor ?? 'somebody'}`;
  const people = here.filter(({ type }) => type === 'approved').map(({ actor }) => actor ?? 'somebody');
  return people.length === 0 ? '' : `approved by ${listOf(people.reverse())}`;
}

function liveVerdict(rollout: StoredRollout, { verdict, now }: Known): string {
  const requests = verdict?.checks[0]?.requests ?? 0;
  return joined(countOf(requests, 'request'), progress(rollout, now));
}

function endedVerdict({ state }: StoredRollout, index: number): string {
  const verdict = state.verdicts.find(({ stepIndex }) => stepIndex === index)?.verdict;
  if (verdict === undefined) return '';
  const requests = countOf(verdict.checks[0]?.requests ?? 0, 'request');
  return joined(verdict.state === 'pass' ? 'passed' : 'failed', requests);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
