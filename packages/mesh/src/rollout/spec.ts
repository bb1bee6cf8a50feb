import * as z from 'zod/mini';
import { reasonSchema, serviceNameSchema, versionNameSchema } from '../names.ts';
import { weightSchema } from '../traffic-split.ts';
import { neverEnds } from './freeze.ts';
import { freezeWindowSchema } from './freeze-window.ts';

const durationMs = z
  .int()
  .check(z.minimum(1_000, 'at least a second'), z.maximum(7 * 86_400_000, 'at most seven days'));
const between = (min: number, max: number) => z.number().check(z.minimum(min), z.maximum(max));
const wholeBetween = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** What an analysis asks of the candidate. Both rules must hold on at least `minRequests` requests of the candidate. */
export const analysisRuleSchema = z.strictObject({
  /** Of the candidate, over the step's window. */
  minRequests: z._default(wholeBetween(1, 10_000_000), 100),
  /** Percent of requests without a server or mesh error. */
  minSuccessRate: z._default(between(0, 100), 99),
  /** Largest drop in success against stable, in points; judged with 99 % confidence. */
  maxSuccessDrop: z._default(between(0, 100), 1),
  maxP95Ms: z.optional(between(1, 3_600_000)),
  /** Largest ratio of the candidate's p95 to stable's. */
  maxP95Ratio: z._default(between(1, 100), 2),
});
export type AnalysisRule = z.infer<typeof analysisRuleSchema>;

export const rolloutStepSchema = z.discriminatedUnion('type', [
  /** Gives the candidate this share; stable gets the rest. */
  z.strictObject({ type: z.literal('setWeight'), weight: weightSchema }),
  /** Waits for a time, or without one until somebody resumes. */
  z.strictObject({ type: z.literal('pause'), durationMs: z.optional(durationMs) }),
  /** Waits for people. */
  z.strictObject({ type: z.literal('approval'), approvals: z._default(wholeBetween(1, 10), 1) }),
  /** Looks at the candidate for `durationMs`; fails early when it is clearly worse, and waits up to `timeoutMs` for enough requests. */
  z.strictObject({
    type: z.literal('analysis'),
    durationMs: z._default(durationMs, 60_000),
    timeoutMs: z._default(durationMs, 600_000),
    rule: z.prefault(analysisRuleSchema, {}),
  }),
]);
export type RolloutStep = z.infer<typeof rolloutStepSchema>;

/** What a person asks for. The rollout ends with all traffic on the candidate, or all on stable. */
export const rolloutSpecSchema = z
  .strictObject({
    service: serviceNameSchema,
    stable: versionNameSchema,
    candidate: versionNameSchema,
    steps: z
      .array(rolloutStepSchema)
      .check(z.minLength(1, 'a rollout needs a step'), z.maxLength(50, 'at most 50 steps')),
    reason: z._default(reasonSchema, ''),
    /** While one of them is open, no step begins that gives the candidate more traffic. */
    freezeWindows: z._default(
      z.array(freezeWindowSchema).check(
        z.maxLength(20, 'at most 20 freeze windows'),
        z.refine(
          (windows) => !neverEnds(windows),
          'together they never end; leave a time in which the rollout can go on',
        ),
      ),
      [],
    ),
  })
  .check(
    z.refine((spec) => spec.stable !== spec.candidate, {
      path: ['candidate'],
      message: 'stable and candidate are the same version',
    }),
    z.refine((spec) => spec.steps.some((step) => step.type === 'setWeight'), {
      path: ['steps'],
      message: 'at least one step sets a weight',
    }),
  );
export type RolloutSpec = z.infer<typeof rolloutSpecSchema>;

/** The kinds of state; `waiting-*` are those in which a person or a clock is awaited. */
export const rolloutPhases = [
  'running', // an effect (a weight) is under way
  'waiting-time',
  'waiting-resume', // a pause step without a time
  'waiting-approval',
  'analysing',
  'paused', // by a person, at any step; remembers where
  'frozen', // before a step that gives the candidate more traffic, until the freeze windows are over
  'completed', // all traffic on the candidate
  'aborting', // on the way back to stable
  'aborted', // by a person, or rejected
  'failed', // by an analysis; all traffic is on stable
] as const;
export const rolloutPhaseSchema = z.enum(rolloutPhases);
export type RolloutPhase = z.infer<typeof rolloutPhaseSchema>;

export const rolloutActionNames = [
  'approve',
  'reject',
  'pause',
  'resume',
  'promote',
  'goOn',
  'abort',
] as const;
export const rolloutActionNameSchema = z.enum(rolloutActionNames);
export type RolloutActionName = z.infer<typeof rolloutActionNameSchema>;
