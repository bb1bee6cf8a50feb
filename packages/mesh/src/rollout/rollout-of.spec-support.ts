import { MeshError } from '../errors.ts';
import { emptyCounts } from '../histogram.ts';
import { act } from './actions.ts';
import { advance, type RolloutSignals, start } from './advance.ts';
import type { ArmCounters } from './judge.ts';
import { type RolloutActionName, rolloutSpecSchema } from './spec.ts';
import type { RolloutTransition } from './state.ts';

export const ana = { id: 'p1', name: 'ana' };
export const bo = { id: 'p2', name: 'bo' };
export const plain = (text: string | undefined) => text?.replaceAll('\u2009', ' ');

/** A rollout of `payment` that begins with 20 % at `now`, and goes on as it is told to. */
export function rolloutOf(steps: unknown[], now = 0, freezeWindows: unknown[] = []) {
  const spec = rolloutSpecSchema.parse({
    service: 'payment',
    stable: 'v1',
    candidate: 'v3',
    steps: [{ type: 'setWeight', weight: 20 }, ...steps],
    freezeWindows,
  });
  let last: RolloutTransition = start('r7', spec, now);
  const rollout = () => ({ id: 'r7', spec, state: last.state });
  return {
    spec,
    whole: rollout,
    state: () => last.state,
    last: () => last,
    events: () => last.events.map((event) => plain(event.text)),
    advance(now: number, signals: RolloutSignals = {}) {
      last = advance(rollout(), now, signals);
      return last.state.phase;
    },
    /** Reports the open effect as done. */
    applied(now: number) {
      return this.advance(now, { effectApplied: last.state.effect?.id });
    },
    act(action: RolloutActionName, person: typeof ana, now: number, comment = '') {
      last = act(rollout(), action, person, comment, now);
      return last.state.phase;
    },
    refusal(action: RolloutActionName, person: typeof ana) {
      try {
        act(rollout(), action, person, '', 0);
        return undefined;
      } catch (error) {
        return error instanceof MeshError && error.code === 'action_not_allowed' ? error.message : error;
      }
    },
  };
}

/** Counters without latency. */
export const arm = (requests: number, errors: number): ArmCounters => ({
  requests,
  errors,
  latency: emptyCounts,
});
