import * as z from 'zod/mini';
import { versionWeightSchema } from '../traffic-split.ts';
import { verdictSchema } from './judge.ts';
import { type RolloutPhase, type RolloutSpec, rolloutPhaseSchema } from './spec.ts';

const personSchema = z.object({ id: z.string(), name: z.string() });
export type Person = z.infer<typeof personSchema>;

/** Milliseconds since the epoch. */
const time = z.number();

/** Somebody's consent to the current step. */
export const approvalSchema = z.object({
  personId: z.string(),
  name: z.string(),
  comment: z.string(),
  at: time,
});
export type Approval = z.infer<typeof approvalSchema>;

/**
 * What the runner has to do. The id is made of the rollout's and the number of the transition that asked for it, so
 * that doing it twice can be recognised.
 */
export const rolloutEffectSchema = z.object({
  id: z.string(),
  kind: z.literal('setWeights'),
  weights: z.array(versionWeightSchema),
  why: z.string(),
  /** Somebody let it through while it was frozen. */
  throughFreeze: z.optional(z.boolean()),
});
export type RolloutEffect = z.infer<typeof rolloutEffectSchema>;

export const rolloutOutcomeSchema = z.object({
  kind: z.enum(['completed', 'promoted', 'aborted', 'rejected', 'failed']),
  /** Why, in words: the comment of a person or the verdict of an analysis. */
  reason: z.string(),
  by: z.nullable(personSchema),
  at: time,
});
export type RolloutOutcome = z.infer<typeof rolloutOutcomeSchema>;

/** The whole memory of a rollout: plain JSON, stored after each transition and before acting on it. */
export const rolloutStateSchema = z.object({
  phase: rolloutPhaseSchema,
  /** Of the current step, or of the one that is frozen, from 0; the number of steps once all are done or skipped. */
  stepIndex: z.int().check(z.minimum(0)),
  /** When the step began, moved on by the time spent paused: clocks and the window of an analysis count from here. */
  stepStartedAt: time,
  /** Of the current step. */
  approvals: z.array(approvalSchema),
  /** Set while a person holds the rollout: from which phase and since when. */
  paused: z.nullable(
    z.object({ phase: rolloutPhaseSchema, at: time, by: personSchema, comment: z.string() }),
  ),
  /** Asked for and not yet known to be done. */
  effect: z.nullable(rolloutEffectSchema),
  /** Who let the current step begin, in the words of its change of weights: `, approved by ana: fine`. */
  decided: z._default(z.string(), ''),
  /** The share the candidate was last given by this rollout; null before the first. */
  candidateWeight: z.nullable(z.number()),
  /** Set as soon as the end is decided, while the last weight is still under way. */
  outcome: z.nullable(rolloutOutcomeSchema),
  /** The last verdict of each analysis step that has ended. */
  verdicts: z.array(z.object({ stepIndex: z.int(), at: time, verdict: verdictSchema })),
  /** Steps entered so far and when they were left. */
  visited: z.array(z.object({ stepIndex: z.int(), startedAt: time, endedAt: z.nullable(time) })),
  /** Grows by one with every change of this state; guards its row against two writers. */
  transition: z.int().check(z.minimum(0)),
});
export type RolloutState = z.infer<typeof rolloutStateSchema>;

export interface Rollout {
  readonly id: string;
  readonly spec: RolloutSpec;
  readonly state: RolloutState;
}

export const rolloutEventTypes = [
  'started',
  'step', // a step began to wait
  'weight-set',
  'approved',
  'rejected',
  'paused',
  'resumed',
  'promoted',
  'frozen', // a step waits for the end of the freeze windows
  'thawed',
  'went-on', // a person let it go on through them
  'aborted',
  'analysis-passed',
  'analysis-failed',
  'completed',
  'returned', // all traffic is back on stable
] as const;
export type RolloutEventType = (typeof rolloutEventTypes)[number];

/** A line of the timeline. `text` follows the name of the actor where there is one: "ana" "approved, 1 of 2". */
export interface RolloutEvent {
  readonly type: RolloutEventType;
  readonly text: string;
  readonly at: number;
  readonly stepIndex: number;
  /** The transition that made it: with its place in `events` a key that is unique in the rollout. */
  readonly transition: number;
  readonly actor: Person | null;
  readonly comment: string;
}

/** What a step of the machine gives. The state must be stored, with its events, before any effect is carried out. */
export interface RolloutTransition {
  readonly state: RolloutState;
  /** Still to be done, whether new or asked for before: carry it out if not done, then report it as applied. */
  readonly effects: readonly RolloutEffect[];
  readonly events: readonly RolloutEvent[];
  /** False when nothing happened: there is nothing to store. */
  readonly changed: boolean;
}

export function isFinal(phase: RolloutPhase): boolean {
  return phase === 'completed' || phase === 'aborted' || phase === 'failed';
}
