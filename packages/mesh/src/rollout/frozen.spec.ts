import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { act, rolloutActions } from './actions.ts';
import { advance, isEffectFrozen, start } from './advance.ts';
import { describePhase, describeProgress } from './describe.ts';
import { isFrozen } from './freeze.ts';
import { ana, arm, bo, plain, rolloutOf } from './rollout-of.spec-support.ts';
import { type RolloutActionName, rolloutActionNames, rolloutSpecSchema } from './spec.ts';
import { isFinal, type RolloutTransition, rolloutStateSchema } from './state.ts';

const at = (text: string) => Date.parse(`2026-11-${text}+01:00`);
const thursday = at('19T12:00');
const saturday = at('21T12:00');
const monday = at('23T08:00');
const weekend = { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Europe/Berlin', reason: 'weekend' };
const untilMonday = 'Frozen until Mon 08:00 Europe/Berlin: weekend';
const fiftyAfterApproval = [{ type: 'approval' }, { type: 'setWeight', weight: 50 }, { type: 'pause' }];
const weightOf = (rollout: ReturnType<typeof rolloutOf>) => rollout.state().effect?.weights[1]?.weight;

describe('while a freeze window is open', () => {
  test('a rollout that starts waits with its first weight, and begins by itself afterwards', () => {
    const rollout = rolloutOf([{ type: 'pause' }], saturday, [weekend]);
    expect(rollout.state()).toMatchObject({ phase: 'frozen', stepIndex: 0, effect: null, visited: [] });
    expect(rollout.events()).toEqual(['Rollout of payment from v1 to v3 started', untilMonday]);
    expect(rollout.last().events[1]).toMatchObject({ type: 'frozen', stepIndex: 0 });
    expect(describePhase(rollout.state().phase)).toBe('Frozen');
    expect(describeProgress(rollout.spec, rollout.state(), saturday)).toBe(
      'frozen until Mon 08:00 Europe/Berlin',
    );
    expect(rollout.advance(monday - 1)).toBe('frozen');
    expect(rollout.last().changed).toBe(false);
    expect(rollout.advance(monday)).toBe('running');
    expect(rollout.events()).toEqual(['The freeze is over']);
    expect(weightOf(rollout)).toBe(20);
    expect(rollout.applied(monday + 1)).toBe('waiting-resume');
  });

  test('an approval is taken, and takes effect afterwards with the name of who gave it', () => {
    const rollout = rolloutOf(fiftyAfterApproval, thursday, [weekend]);
    rollout.applied(thursday);
    expect(rollout.act('approve', bo, saturday, 'looks fine')).toBe('frozen');
    expect(rollout.events()).toEqual(['approved, 1 of 1', untilMonday]);
    expect(rollout.refusal('approve', ana)).toBe('No step is waiting for an approval now.');
    rollout.advance(monday);
    expect(plain(rollout.state().effect?.why)).toBe(
      'Rollout of payment v3: step 3, 50 %, approved by bo: looks fine',
    );
  });

  test('somebody may let it go on, once and with a reason', () => {
    const rollout = rolloutOf(fiftyAfterApproval, thursday, [weekend]);
    rollout.applied(thursday);
    expect(rollout.refusal('goOn', ana)).toBe('No freeze window holds it up now.');
    rollout.act('approve', bo, saturday);
    expect(() => rollout.act('goOn', ana, saturday)).toThrow('Say why it goes on through the freeze.');
    expect(rollout.act('goOn', ana, saturday, 'hot fix')).toBe('running');
    expect(rollout.last().events[0]).toMatchObject({
      type: 'went-on',
      actor: ana,
      text: 'went on through the freeze',
      comment: 'hot fix',
    });
    expect(rollout.state().effect).toMatchObject({ throughFreeze: true });
    expect(plain(rollout.state().effect?.why)).toBe(
      'Rollout of payment v3: step 3, 50 %, approved by bo, let through the freeze by ana: hot fix',
    );
    expect(rollout.advance(saturday, { effectFrozen: rollout.state().effect?.id })).toBe('running');
    rollout.applied(saturday);
    expect(rollout.act('resume', bo, saturday)).toBe('frozen');
    expect(rollout.state()).toMatchObject({ stepIndex: 4, outcome: null });
  });

  test('less traffic, analyses, pauses and the way back are not held up', () => {
    const steps = [
      { type: 'setWeight', weight: 5 },
      { type: 'pause', durationMs: 1_000 },
      { type: 'analysis' },
    ];
    const rollout = rolloutOf(steps, thursday, [weekend]);
    rollout.applied(saturday);
    expect(weightOf(rollout)).toBe(5);
    expect(rollout.applied(saturday)).toBe('waiting-time');
    expect(rollout.advance(saturday + 1_000)).toBe('analysing');
    const bad = { analysis: { stable: arm(5_000, 2), candidate: arm(1_000, 300) } };
    expect(rollout.advance(saturday + 2_000, bad)).toBe('aborting');
    expect(rollout.advance(saturday, { effectFrozen: rollout.state().effect?.id })).toBe('aborting');
    expect(rollout.applied(saturday + 3_000)).toBe('failed');
  });

  test('a frozen rollout is aborted, or paused and resumed into the freeze', () => {
    const rollout = rolloutOf([], saturday, [weekend]);
    expect(rollout.act('pause', ana, saturday)).toBe('paused');
    expect(rollout.refusal('goOn', ana)).toBe('The rollout is paused; resume it first.');
    expect(rollout.advance(monday)).toBe('paused');
    expect(rollout.act('resume', ana, monday - 1)).toBe('frozen');
    expect(rollout.act('abort', bo, monday - 1)).toBe('aborting');
    expect(rollout.applied(monday - 1)).toBe('aborted');
  });

  test('a weight that is still under way when it begins is taken back, unless it is in force', () => {
    const rollout = rolloutOf([], thursday, [weekend]);
    const effect = rollout.state().effect?.id;
    expect(isEffectFrozen(rollout.whole(), thursday)).toBe(false);
    expect(rollout.advance(thursday, { effectFrozen: effect })).toBe('running');
    expect(isEffectFrozen(rollout.whole(), saturday)).toBe(true);
    expect(rollout.advance(saturday, { effectFrozen: 'r7/0' })).toBe('running');
    expect(rollout.advance(saturday, { effectFrozen: effect })).toBe('frozen');
    expect(rollout.state()).toMatchObject({ stepIndex: 0, effect: null, visited: [] });
    expect(rollout.advance(monday)).toBe('running');
    expect(rollout.state().effect?.id).not.toBe(effect);

    const paused = rolloutOf([], thursday, [weekend]);
    paused.act('pause', ana, thursday);
    expect(paused.advance(saturday, { effectFrozen: effect })).toBe('paused');
    expect(paused.act('resume', ana, monday)).toBe('frozen');
    expect(paused.advance(monday)).toBe('running');
  });

  test('a promotion waits for its end, and then gives everything', () => {
    const rollout = rolloutOf(fiftyAfterApproval, thursday, [weekend]);
    rollout.applied(thursday);
    expect(rollout.act('promote', bo, saturday, 'hot fix')).toBe('frozen');
    expect(rollout.refusal('promote', ana)).toBe('All traffic goes to v3 as soon as the freeze is over.');
    rollout.advance(monday);
    expect(plain(rollout.state().effect?.why)).toBe('Rollout of payment v3, promoted by bo: hot fix');
    expect(rollout.applied(monday)).toBe('completed');
    expect(rollout.state().outcome).toMatchObject({ kind: 'promoted', by: bo });
  });

  test('a promotion while a smaller weight is under way waits for that first', () => {
    const steps = [100, 5].map((weight) => ({ type: 'setWeight', weight }));
    const rollout = rolloutOf(steps, thursday, [weekend]);
    rollout.applied(thursday);
    rollout.applied(saturday);
    const { effect } = rollout.state();
    expect(rollout.act('promote', bo, saturday, 'hot fix')).toBe('running');
    expect(rollout.state().effect).toEqual(effect);
    expect(rollout.applied(saturday)).toBe('frozen');
    expect(rollout.state()).toMatchObject({ candidateWeight: 5 });
    expect(rollout.act('goOn', ana, saturday, 'now')).toBe('running');
    expect(plain(rollout.state().effect?.why)).toBe(
      'Rollout of payment v3, promoted by bo: hot fix, let through the freeze by ana: now',
    );
    expect(rollout.applied(saturday)).toBe('completed');
  });
});

// Windows that open and close within minutes, so that every kind of step meets them.
const minuteMs = 60_000;
const begin = Date.UTC(2026, 9, 25);
const iso = (minute: number) => new Date(begin + minute * minuteMs).toISOString();
const windowsArbitrary = fc.array(
  fc
    .tuple(fc.nat(120), fc.integer({ min: 1, max: 30 }))
    .map(([from, minutes]) => ({ from: iso(from), to: iso(from + minutes) })),
  { minLength: 1, maxLength: 5 },
);
const stepArbitrary = fc.oneof(
  fc.constantFrom(0, 5, 50, 100).map((weight) => ({ type: 'setWeight', weight })),
  fc.constantFrom({ type: 'pause' }, { type: 'pause', durationMs: 10_000 }, { type: 'approval' }),
);
const moveArbitrary = fc.oneof(
  fc.record({ waitMs: fc.integer({ min: 1, max: 8 * minuteMs }) }),
  fc.record({ gate: fc.constantFrom('applies' as const, 'is asked twice' as const) }),
  fc.record({ action: fc.constantFrom(...rolloutActionNames.filter((name) => name !== 'abort')) }),
);

test('no weight goes up at a frozen instant unless somebody lets it, and an abort always passes', () => {
  fc.assert(
    fc.property(
      windowsArbitrary,
      fc.array(stepArbitrary, { minLength: 1, maxLength: 5 }),
      fc.array(moveArbitrary, { maxLength: 40 }),
      (freezeWindows, steps, moves) => {
        const spec = rolloutSpecSchema.parse({
          service: 'orders',
          stable: 'v1',
          candidate: 'v2',
          steps: [{ type: 'setWeight', weight: 20 }, ...steps],
          freezeWindows,
        });
        let now = begin;
        let weight = 0;
        let last = start('r1', spec, now);
        const rollout = () => ({ id: 'r1', spec, state: last.state });
        const take = (next: RolloutTransition, action?: RolloutActionName) => {
          const [asked] = next.effects;
          const isNew = asked !== undefined && asked.id !== last.state.effect?.id;
          const share = asked?.weights[1]?.weight ?? 0;
          if (isNew && share > (last.state.candidateWeight ?? 0) && isFrozen(spec.freezeWindows, now)) {
            expect(action).toBe('goOn');
          }
          last = { ...next, state: rolloutStateSchema.parse(JSON.parse(JSON.stringify(next.state))) };
          expect(last.state).toEqual(next.state);
        };
        const gate = () => {
          const { effect } = last.state;
          if (effect === null) return;
          if (isEffectFrozen(rollout(), now))
            return take(advance(rollout(), now, { effectFrozen: effect.id }));
          const share = effect.weights[1]?.weight ?? 0;
          if (share > weight && isFrozen(spec.freezeWindows, now)) expect(effect.throughFreeze).toBe(true);
          weight = share;
          take(advance(rollout(), now, { effectApplied: effect.id }));
        };
        const doIfAllowed = (action: RolloutActionName) => {
          if (!rolloutActions(last.state, spec)[action].allowed) return;
          take(act(rollout(), action, ana, 'because', now), action);
        };
        for (const move of moves) {
          if (!isFinal(last.state.phase)) {
            const { allowed } = rolloutActions(last.state, spec).abort;
            expect(allowed || last.state.phase === 'aborting').toBe(true);
            if (allowed) expect(act(rollout(), 'abort', bo, '', now).state.phase).toBe('aborting');
          }
          if ('waitMs' in move) now += move.waitMs;
          else if ('gate' in move) gate();
          else doIfAllowed(move.action);
          take(advance(rollout(), now, {}));
        }
        for (let round = 0; round < 100 && !isFinal(last.state.phase); round++) {
          now += 5 * minuteMs;
          gate();
          for (const action of ['approve', 'resume'] as const) doIfAllowed(action);
          take(advance(rollout(), now, {}));
        }
        expect(isFinal(last.state.phase)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
