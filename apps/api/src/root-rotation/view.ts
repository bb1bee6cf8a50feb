import type { Holdout, RotationOutcome, RotationPhase } from '@tulle/mesh/root-rotation';
import { z } from 'zod';
import type { Person } from '../people/person.ts';

export const rotationActSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  by: z.string(),
  act: z.enum(['start', 'advance', 'abort']),
  /** What it led to. */
  to: z.string(),
  reason: z.string(),
  /** Instances that were left behind. */
  without: z.array(z.string()),
});
export type RotationAct = z.infer<typeof rotationActSchema>;

export interface RootView {
  readonly subject: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly notAfter: number;
}

/** The rotation that is under way. */
export interface RotationView {
  readonly phase: RotationPhase;
  readonly since: number;
  readonly newRoot: RootView;
  /** What agents must confirm before the next step, in words. */
  readonly demand: string;
  readonly next: RotationPhase | RotationOutcome;
  /** Agents that are not gone, and how many of them have confirmed. */
  readonly agents: number;
  readonly confirmed: number;
  readonly holdouts: readonly Holdout[];
  /** Join tokens that nobody has used yet: they stop to work when the old root is retired. */
  readonly unusedTokens: number;
  readonly acts: readonly RotationAct[];
}

export interface RootRotationView {
  /** The root in force. */
  readonly root: RootView;
  readonly rotation: RotationView | null;
  /** The last one that has ended. */
  readonly last: {
    readonly outcome: RotationOutcome;
    readonly endedAt: number;
    readonly acts: readonly RotationAct[];
  } | null;
}

export interface RootRotations {
  get(): Promise<RootRotationView>;
  /** Makes a second root, which agents are told to trust beside the first. */
  start(person: Person, input: { reason: string }): Promise<RootRotationView>;
  /** One step forward from the phase named; refused while an agent that is not among `without` holds it up. */
  advance(
    person: Person,
    input: { from: RotationPhase; without: readonly string[]; reason: string },
  ): Promise<RootRotationView>;
  /** Back to the first root. */
  abort(person: Person, input: { from: RotationPhase; reason: string }): Promise<RootRotationView>;
}
