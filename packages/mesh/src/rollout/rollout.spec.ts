import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyCounts } from '../histogram.ts';
import { weightsSchema } from '../traffic-split.ts';
import { act, rolloutActions } from './actions.ts';
import { advance, type RolloutSignals, start } from './advance.ts';
import type { ArmCounters } from './judge.ts';
import { rolloutPresetNames, rolloutPresets } from './presets.ts';
import { type RolloutActionName, type RolloutSpec, rolloutActionNames, rolloutSpecSchema } from './spec.ts';
import { isFinal, type RolloutState, type RolloutTransition, rolloutStateSchema } from './state.ts';

const arm = (requests: number, errors: number): ArmCounters => ({ requests, errors, latency: emptyCounts });
const goodArm: ArmCounters = {
  requests: 1_000,
  errors: 0,
  latency: { zero: 0, offset: 30, counts: [1_000], sum: 14_000 },
};
const signals = {
  good: { stable: goodArm, candidate: goodArm },
  bad: { stable: goodArm, candidate: arm(1_000, 500) },
  few: { stable: goodArm, candidate: arm(3, 0) },
};

const stepArbitrary = fc.oneof(
  fc.constantFrom(0, 5, 12.5, 33.33, 50, 100).map((weight) => ({ type: 'setWeight' as const, weight })),
  fc.constantFrom(undefined, 10_000).map((ms) => ({ type: 'pause' as const, ...(ms && { durationMs: ms }) })),
  fc.integer({ min: 1, max: 2 }).map((approvals) => ({ type: 'approval' as const, approvals })),
  fc.constant({ type: 'analysis' as const, durationMs: 5_000, timeoutMs: 20_000 }),
);
const specArbitrary = fc.array(stepArbitrary, { minLength: 1, maxLength: 6 }).map((steps) =>
  rolloutSpecSchema.parse({
    service: 'orders',
    stable: 'v1',
    candidate: 'v2',
    steps: [...steps, { type: 'setWeight', weight: 20 }],
  }),
);
type Move =
  | { do: 'wait'; ms: number }
  | { do: 'apply'; signal: boolean; repeat: boolean }
  | { do: 'stale' }
  | { do: 'analyse'; of: keyof typeof signals }
  | { do: 'act'; action: RolloutActionName; person: string };
const moveArbitrary: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -500, max: 15_000 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('apply' as const), signal: fc.boolean(), repeat: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stale' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('analyse' as const),
      of: fc.constantFrom('good' as const, 'good' as const, 'bad' as const, 'few' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      action: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom('approve' as const, 'pause' as const, 'resume' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...rolloutActionNames) },
      ),
      person: fc.constantFrom('ana', 'bo', 'cy'),
    }),
  },
);

/** A runner with a database that dies whenever it likes, and the invariants checked at every transition. */
class Runner {
  readonly id = 'r1';
  readonly spec: RolloutSpec;
  state: RolloutState;
  now = 1_000_000;
  readonly effects = new Map<string, string>();
  readonly applied: string[] = [];
  readonly consents = new Map<number, Set<string>>();
  split = '';
  promoted = false;

  constructor(spec: RolloutSpec) {
    this.spec = spec;
    const first = start(this.id, spec, this.now);
    expect(start(this.id, spec, this.now)).toEqual(first);
    this.state = first.state;
    this.take(first);
  }

  rollout() {
    return { id: this.id, spec: this.spec, state: this.state };
  }

  /** Stores a transition as JSON and reads it back, as after a crash. */
  take(transition: RolloutTransition): void {
    const before = this.state;
    this.state = rolloutStateSchema.parse(JSON.parse(JSON.stringify(transition.state)));
    expect(this.state).toEqual(transition.state);
    for (const effect of transition.effects) {
      expect(weightsSchema.safeParse(effect.weights).success).toBe(true);
      const text = JSON.stringify(effect);
      expect(this.effects.get(effect.id) ?? text).toBe(text);
      this.effects.set(effect.id, text);
    }
    if (transition.changed && before !== transition.state)
      expect(this.state.transition).toBe(before.transition + 1);
    if (this.state.stepIndex > before.stepIndex && !this.promoted) {
      expect(this.state.stepIndex).toBe(before.stepIndex + 1);
      const left = this.spec.steps[before.stepIndex];
      if (left?.type === 'approval') {
        expect(this.consents.get(before.stepIndex)?.size ?? 0).toBeGreaterThanOrEqual(left.approvals);
      }
    }
  }

  advance(seen: RolloutSignals): void {
    const result = advance(this.rollout(), this.now, seen);
    // Dying before it is stored and doing it again gives the same.
    expect(advance(this.rollout(), this.now, seen)).toEqual(result);
    // Only people end what a person has paused.
    if (this.state.phase === 'paused') expect(result.state.phase).toBe('paused');
    this.take(result);
  }

  applyOpenEffect(signal: boolean): void {
    const { effect } = this.state;
    if (effect === null) return;
    if (!this.applied.includes(effect.id)) {
      this.applied.push(effect.id);
      this.split = JSON.stringify(effect.weights);
    }
    if (!signal) return;
    this.advance({ effectApplied: effect.id });
    const after = this.state;
    this.advance({ effectApplied: effect.id });
    expect(this.state).toEqual(after);
  }

  act(action: RolloutActionName, person: string): void {
    const allowed = rolloutActions(this.state, this.spec, person)[action].allowed;
    if (!allowed) {
      expect(() => act(this.rollout(), action, { id: person, name: person }, '', this.now)).toThrow();
      return;
    }
    if (action === 'approve') {
      const consents = this.consents.get(this.state.stepIndex) ?? new Set();
      expect(consents.has(person)).toBe(false);
      this.consents.set(this.state.stepIndex, consents.add(person));
    }
    if (action === 'promote') this.promoted = true;
    this.take(act(this.rollout(), action, { id: person, name: person }, 'because', this.now));
  }

  move(move: Move): void {
    if (move.do === 'wait') {
      this.now += move.ms;
      this.advance({});
    } else if (move.do === 'apply') {
      this.applyOpenEffect(move.signal);
      if (move.repeat) this.applyOpenEffect(false);
    } else if (move.do === 'stale') {
      const before = this.state;
      this.advance({ effectApplied: 'r1/0' });
      expect(this.state).toEqual(before);
    } else if (move.do === 'analyse') {
      this.advance({ analysis: signals[move.of] });
    } else {
      this.act(move.action, move.person);
    }
  }

  finish(): void {
    for (let round = 0; round < 100 && !isFinal(this.state.phase); round++) {
      this.now += 30_000;
      this.applyOpenEffect(true);
      this.advance({ analysis: signals.good });
      for (const person of ['ana', 'bo', 'cy']) this.act('approve', person);
      this.act('resume', 'ana');
    }
  }
}

test('whatever happens, no approval is skipped, no effect changes, and all traffic ends on one side', () => {
  fc.assert(
    fc.property(specArbitrary, fc.array(moveArbitrary, { maxLength: 40 }), (spec, moves) => {
      const runner = new Runner(spec);
      for (const move of moves) runner.move(move);
      runner.finish();
      expect(isFinal(runner.state.phase)).toBe(true);
      const [stable, candidate] = runner.state.phase === 'completed' ? [0, 100] : [100, 0];
      expect(JSON.parse(runner.split)).toEqual([
        { version: 'v1', weight: stable },
        { version: 'v2', weight: candidate },
      ]);
      expect(new Set(runner.applied).size).toBe(runner.applied.length);
      expect(runner.state.candidateWeight).toBe(candidate);
      for (const action of rolloutActionNames) {
        expect(rolloutActions(runner.state, spec)[action].allowed).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

test('every preset is a valid rollout that completes', () => {
  for (const name of rolloutPresetNames) {
    const steps = rolloutPresets[name]();
    const spec = rolloutSpecSchema.parse({ service: 'orders', stable: 'v1', candidate: 'v2', steps });
    expect(spec.steps).toEqual(steps);
    const runner = new Runner(spec);
    for (let round = 0; round < 100 && !isFinal(runner.state.phase); round++) {
      runner.now += 600_000;
      runner.applyOpenEffect(true);
      runner.advance({ analysis: signals.good });
      for (const person of ['ana', 'bo']) runner.act('approve', person);
    }
    expect(runner.state.phase).toBe('completed');
  }
});
