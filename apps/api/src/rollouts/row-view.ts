import { countOf, formatPercent } from '@tulle/mesh/format';
import { describePhase, describeProgress, describeStep } from '@tulle/mesh/rollout/describe';
import type { RolloutSpec } from '@tulle/mesh/rollout/spec';
import { isFinal, type RolloutState } from '@tulle/mesh/rollout/state';
import { weightOf } from '@tulle/mesh/weights';
import type { ConfigStore } from '../changes/config-store.ts';
import type { EdgeCounters } from '../telemetry/store.ts';
import type { StoredRollout } from './rollout-store.ts';
import type { RolloutRow } from './view.ts';

/** `edges` are those to its service over the last minute. */
export function rowView(
  rollout: StoredRollout,
  edges: readonly EdgeCounters[],
  configStore: Pick<ConfigStore, 'resource'>,
  now: number,
): RolloutRow {
  const { id, spec, state } = rollout;
  return {
    id,
    service: spec.service,
    stable: spec.stable,
    candidate: spec.candidate,
    phase: state.phase,
    stepIndex: state.stepIndex,
    steps: spec.steps.length,
    stepText: stepText(rollout),
    frozen: state.phase === 'frozen' ? describeProgress(spec, state, now) : '',
    setWeight: setWeight(rollout, configStore),
    observed: observedShare(edges, spec.candidate) ?? 0,
    startedBy: rollout.createdBy,
    startedAt: rollout.createdAt,
    finishedAt: rollout.finishedAt,
    needsPerson:
      state.phase === 'waiting-approval' || state.phase === 'waiting-resume' || state.phase === 'paused',
  };
}

function stepText({ spec, state }: StoredRollout): string {
  if (isFinal(state.phase)) return endText(spec, state);
  const step = state.phase === 'aborting' ? undefined : spec.steps[state.stepIndex];
  if (step === undefined && state.phase === 'frozen') return formatPercent(100);
  return step === undefined ? describePhase(state.phase) : describeStep(step);
}

/** How it ended and where: `Rejected at step 2 of 6`. */
function endText({ steps }: RolloutSpec, { outcome, phase, stepIndex, visited }: RolloutState): string {
  if (outcome?.kind === 'completed') return `All ${countOf(steps.length, 'step')} done`;
  // Somebody who promotes skips the rest, and the index with it.
  const last = outcome?.kind === 'promoted' ? (visited.at(-1)?.stepIndex ?? 0) : stepIndex;
  const word = outcome === null ? describePhase(phase) : endWords[outcome.kind];
  return `${word} at step ${Math.min(last + 1, steps.length)} of ${steps.length}`;
}

const endWords = { promoted: 'Promoted', aborted: 'Aborted', rejected: 'Rejected', failed: 'Failed' };

/** What the candidate was last given; before the first weight, what the split says. */
function setWeight({ spec, state }: StoredRollout, configStore: Pick<ConfigStore, 'resource'>): number {
  if (state.candidateWeight !== null) return state.candidateWeight;
  return weightOf(configStore.resource('TrafficSplit', spec.service)?.weights ?? [], spec.candidate);
}

/** Percent of answered requests that the candidate answered; undefined without any. */
export function observedShare(
  edges: readonly Pick<EdgeCounters, 'version' | 'requests'>[],
  candidate: string,
): number | undefined {
  const answered = edges.filter(({ version }) => version !== '');
  const total = answered.reduce((sum, { requests }) => sum + requests, 0);
  if (total === 0) return undefined;
  const own = answered.filter(({ version }) => version === candidate);
  return (own.reduce((sum, { requests }) => sum + requests, 0) / total) * 100;
}
