import type { RolloutCapability } from '@tulle/mesh/rollout/actions';
import type { Verdict } from '@tulle/mesh/rollout/judge';
import type { RolloutActionName, RolloutPhase, RolloutSpec, RolloutStep } from '@tulle/mesh/rollout/spec';
import type { TrafficSummary } from '../metrics/view.ts';
import type { Person } from '../people/person.ts';

export interface RolloutRow {
  readonly id: string;
  readonly service: string;
  readonly stable: string;
  readonly candidate: string;
  readonly phase: RolloutPhase;
  readonly stepIndex: number;
  readonly steps: number;
  /** The present step, or how it ended and where, in words. */
  readonly stepText: string;
  readonly setWeight: number;
  /** Percent of requests to the candidate over the last minute. */
  readonly observed: number;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** While a freeze holds it up, until when: `frozen until Mon 08:00 Europe/Berlin`; empty otherwise. */
  readonly frozen: string;
  /** Whether a person is awaited. */
  readonly needsPerson: boolean;
}

export interface RolloutStepView {
  readonly step: RolloutStep;
  readonly text: string;
  readonly state: 'done' | 'now' | 'next' | 'failed' | 'skipped';
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** What happened, such as "passed · 1,204 requests", "observed 20.3 %" or "1 of 2". */
  readonly note: string;
}

export interface RolloutEventView {
  readonly at: number;
  readonly type: string;
  /** Who, when it was a person. */
  readonly actor: string | null;
  readonly text: string;
  readonly comment: string | null;
  readonly revision: number | null;
}

export interface RolloutView {
  readonly row: RolloutRow;
  readonly spec: RolloutSpec;
  readonly steps: readonly RolloutStepView[];
  readonly actions: Readonly<Record<RolloutActionName, RolloutCapability>>;
  /** Who has approved the present step. */
  readonly approvedBy: readonly string[];
  /** The running analysis, or the last one. */
  readonly verdict: Verdict | null;
  readonly outcome: string | null;
  readonly stable: TrafficSummary;
  readonly candidate: TrafficSummary;
  readonly timeline: readonly RolloutEventView[];
  /** When it goes on by itself; null when it awaits something else. */
  readonly stepEndsAt: number | null;
  /** The freeze that is on now, whether it holds the rollout up already or would at the next step; null when none is. */
  readonly freeze: FreezeView | null;
}

export interface FreezeView {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The same in words and in the time zone of the window: `Mon 08:00 Europe/Berlin`. */
  readonly end: string;
  /** Empty when nobody said. */
  readonly reason: string;
}

export interface Rollouts {
  list(input: { service?: string | undefined; active?: boolean | undefined }): Promise<readonly RolloutRow[]>;
  /** With a person, `actions` also knows what they have done already. */
  get(input: { id: string }, person?: Person): Promise<RolloutView>;
  create(person: Person, spec: RolloutSpec): Promise<{ id: string }>;
  act(
    person: Person,
    input: { id: string; action: RolloutActionName; comment: string },
  ): Promise<RolloutView>;
}
