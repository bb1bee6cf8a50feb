import { listOf } from '@tulle/mesh/format';
import { rolloutActions } from '@tulle/mesh/rollout/actions';
import { describeEnd } from '@tulle/mesh/rollout/describe-freeze';
import { freezeAt } from '@tulle/mesh/rollout/freeze';
import { judge, type Verdict } from '@tulle/mesh/rollout/judge';
import type { RolloutSpec } from '@tulle/mesh/rollout/spec';
import { isFinal, type RolloutOutcome } from '@tulle/mesh/rollout/state';
import type { Prisma } from '@tulle/prisma/generated/client';
import type { ConfigStore } from '../changes/config-store.ts';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import { summarise } from '../traffic-splits/version-shares.ts';
import { measureArms } from './measure.ts';
import { observeWeights } from './observed-weights.ts';
import type { StoredRollout } from './rollout-store.ts';
import { rowView } from './row-view.ts';
import { stepEndsAt } from './step-clock.ts';
import { stepViews } from './step-views.ts';
import type { FreezeView, RolloutEventView, RolloutView } from './view.ts';

const windowMs = 60_000;

/** `events` are the newest first. */
export async function rolloutView({
  rollout,
  events,
  configStore,
  telemetry,
  now,
  personId,
}: {
  rollout: StoredRollout;
  events: readonly Prisma.RolloutEventModel[];
  configStore: ConfigStore;
  telemetry: TelemetryStore;
  now: number;
  personId: string | undefined;
}): Promise<RolloutView> {
  const { spec, state } = rollout;
  const [edges, verdict, observed] = await Promise.all([
    telemetry.edges({ from: now - windowMs, to: now }, { destination: spec.service }),
    verdictOf(rollout, telemetry, now),
    observeWeights(rollout, telemetry, now),
  ]);
  return {
    row: rowView(rollout, edges, configStore, now),
    spec,
    steps: stepViews(rollout, { events, observed, verdict, now }),
    actions: rolloutActions(state, spec, personId),
    approvedBy: state.approvals.map(({ name }) => name),
    verdict,
    outcome: state.outcome === null ? null : outcomeText(state.outcome, spec),
    stable: summarise(ofVersion(edges, spec.stable), windowMs),
    candidate: summarise(ofVersion(edges, spec.candidate), windowMs),
    timeline: events.map(eventView),
    stepEndsAt: stepEndsAt(rollout, now),
    freeze: isFinal(state.phase) ? null : freezeView(spec, now),
  };
}

/** Of the running analysis as it stands now, or of the last one. */
async function verdictOf(
  rollout: StoredRollout,
  telemetry: TelemetryStore,
  now: number,
): Promise<Verdict | null> {
  const { spec, state } = rollout;
  const step = spec.steps[state.stepIndex];
  const phase = state.paused?.phase ?? state.phase;
  if (phase === 'analysing' && step?.type === 'analysis') {
    const arms = await measureArms(telemetry, rollout, state.paused?.at ?? now);
    return judge(arms.stable, arms.candidate, step.rule);
  }
  return state.verdicts.at(-1)?.verdict ?? null;
}

/** How it ended, or is about to end. */
function outcomeText({ kind, reason, by }: RolloutOutcome, spec: RolloutSpec): string {
  const who = by ? ` by ${by.name}` : '';
  const why = reason === '' ? '' : `: ${reason}`;
  const where =
    kind === 'completed' || kind === 'promoted'
      ? `All traffic goes to ${spec.candidate}.`
      : `All traffic goes back to ${spec.stable}.`;
  const words = {
    completed: 'All steps done',
    promoted: `Promoted${who}`,
    aborted: `Aborted${who}`,
    rejected: `Rejected${who}`,
    failed: 'The analysis failed',
  }[kind];
  const sentence = `${words}${why}`;
  return `${sentence}${/[.!?…]$/.test(sentence) ? '' : '.'} ${where}`;
}

function freezeView({ freezeWindows }: RolloutSpec, now: number): FreezeView | null {
  const freeze = freezeAt(freezeWindows, now);
  if (freeze === undefined) return null;
  return { until: freeze.until, end: describeEnd(freeze, now), reason: listOf(freeze.reasons) };
}

function eventView(event: Prisma.RolloutEventModel): RolloutEventView {
  return {
    at: event.at.getTime(),
    type: event.type,
    actor: event.actor,
    text: event.text,
    comment: event.comment,
    revision: event.revision,
  };
}

function ofVersion(edges: readonly EdgeCounters[], version: string): EdgeCounters[] {
  return edges.filter((edge) => edge.version === version);
}
