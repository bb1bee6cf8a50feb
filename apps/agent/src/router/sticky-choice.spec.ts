import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PickRequest } from '../balance/pick-request.ts';
import type { Branch } from './branch.ts';
import type { Target } from './route-decision.ts';
import { movedField, StickyChoice } from './sticky-choice.ts';

const USERS = 10_000;
const users = Array.from({ length: USERS }, (_, index) => `user-${index}`);
/** Four standard deviations of a share among so many users. */
const CHANCE = 0.02;

interface StubBranch extends Branch {
  readonly target: Target;
}

const anyBackend = {} as Target['backend'];

function branch(
  name: string,
  weight: number,
  state: { usable?: boolean; isVoid?: boolean } = {},
): StubBranch {
  const { usable = true, isVoid = false } = state;
  const target: Target = { backend: anyBackend, request: undefined, response: undefined };
  const pick = () => (usable ? target : undefined);
  return { name, weight, isVoid, backends: [], targetOn: () => target, target, pick, pickAny: () => target };
}

function request(source: string): PickRequest {
  return { head: new RequestHead(1), source, avoid: undefined, now: 0 };
}

function choiceOf(branches: readonly Branch[]): StickyChoice {
  return new StickyChoice(({ source }) => source, branches, { pick: () => undefined });
}

/** Which version each user has under the given weights. */
function versionsOf(weights: readonly number[]): number[] {
  const branches = weights.map((weight, index) => branch(`orders v${index}`, weight));
  const choice = choiceOf(branches);
  return users.map((user) => {
    const target = choice.pick(request(user));
    return branches.findIndex((one) => one.target === target);
  });
}

function shareMoved(before: readonly number[], after: readonly number[]): number {
  return before.filter((version, user) => version !== after[user]).length / USERS;
}

const anyWeights = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: count, maxLength: count })
    .filter((weights) => weights.some((weight) => weight > 0))
    .map((weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    });

const gained = (from: readonly number[], to: readonly number[]) =>
  to.reduce((sum, weight, index) => sum + Math.max(0, weight - (from[index] as number)), 0);

it('gives every version its share of users', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }).chain(anyWeights), (weights) => {
      const versions = versionsOf(weights);
      for (const [index, weight] of weights.entries()) {
        const share = versions.filter((version) => version === index).length / USERS;
        expect(Math.abs(share - weight)).toBeLessThan(CHANCE);
      }
    }),
    { numRuns: 30 },
  );
});

it('of two versions, moves no more users than one of them gains', () => {
  fc.assert(
    fc.property(anyWeights(2), anyWeights(2), (from, to) => {
      const [before, after] = [versionsOf(from), versionsOf(to)];
      expect(shareMoved(before, after)).toBeLessThan(gained(from, to) + CHANCE);
      const grows = (to[0] as number) >= (from[0] as number) ? 0 : 1;
      for (const [user, version] of before.entries()) if (version === grows) expect(after[user]).toBe(grows);
    }),
    { numRuns: 30 },
  );
});

/**
 * No choice that looks at key and weights alone can always move as few as the weights' difference d when there are
 * three versions or more: 2d/(1+d) is the best there is (Bavarian et al., "Optimality of Correlated Sampling
 * Strategies", 2020).
 */
it('of many versions, moves as few users as can be without remembering them', () => {
  const pair = fc
    .integer({ min: 2, max: 5 })
    .chain((count) => fc.tuple(anyWeights(count), anyWeights(count)));
  fc.assert(
    fc.property(pair, ([from, to]) => {
      const difference = gained(from, to);
      const moved = shareMoved(versionsOf(from), versionsOf(to));
      expect(moved).toBeLessThan((2 * difference) / (1 + difference) + CHANCE);
    }),
    { numRuns: 40 },
  );
});

it('takes what one version gains from the others, and moves nobody between those', () => {
  const pair = fc.tuple(anyWeights(4), fc.double({ min: 0.01, max: 0.9, noNaN: true }));
  fc.assert(
    fc.property(pair, ([from, share]) => {
      const candidate = from[0] as number;
      fc.pre(candidate < share);
      const to = from.map((weight, index) =>
        index === 0 ? share : (weight / (1 - candidate)) * (1 - share),
      );
      const [before, after] = [versionsOf(from), versionsOf(to)];
      for (const [user, version] of before.entries())
        if (version !== after[user]) expect(after[user]).toBe(0);
      expect(shareMoved(before, after)).toBeLessThan(share - candidate + CHANCE);
    }),
    { numRuns: 30 },
  );
});

it('a rollout from 1 to 5 to 25 to 100 percent never takes a user back', () => {
  let former = versionsOf([1, 99]);
  for (const weight of [5, 25, 100]) {
    const now = versionsOf([weight, 100 - weight]);
    for (const [user, version] of former.entries()) if (version === 0) expect(now[user]).toBe(0);
    former = now;
  }
  expect(former.every((version) => version === 0)).toBe(true);
});

it('does not depend on the order in which versions are listed', () => {
  const branches = [branch('orders v1', 50), branch('orders v2', 30), branch('orders v3', 20)];
  const [here, there] = [choiceOf(branches), choiceOf(branches.toReversed())];
  for (const user of users.slice(0, 500)) expect(here.pick(request(user))).toBe(there.pick(request(user)));
});

it('another version takes the requests of one that is away, says so, and gives them back', () => {
  const healthy = [branch('orders v1', 50), branch('orders v2', 30), branch('orders v3', 20)];
  const failing = [
    branch('orders v1', 50),
    branch('orders v2', 30, { usable: false }),
    branch('orders v3', 20),
  ];
  const [before, during] = [choiceOf(healthy), choiceOf(failing)];
  const takers = new Set<Target['backend']>();
  for (const user of users.slice(0, 500)) {
    const version = healthy.findIndex(({ target }) => target === before.pick(request(user)));
    const target = during.pick(request(user));
    if (version === 1) {
      expect(target?.response?.added).toBe(movedField);
      expect(during.pick(request(user))).toBe(target);
      if (target !== undefined) takers.add(target.backend);
    } else {
      expect(target).toBe(failing[version]?.target);
    }
  }
  expect(takers.size).toBe(1);
});

it('with nothing usable anywhere, tries its own version', () => {
  const none = [branch('orders v1', 1, { usable: false }), branch('orders v2', 1, { usable: false })];
  const choice = choiceOf(none);
  for (const user of users.slice(0, 50))
    expect(none.map(({ target }) => target)).toContain(choice.pick(request(user)));
});

it('requests of a backend that does not exist fail rather than go elsewhere', () => {
  const branches = [branch('orders v1', 50), branch('gone', 50, { isVoid: true })];
  const choice = choiceOf(branches);
  const failed = users.filter((user) => choice.pick(request(user)) === undefined).length / USERS;
  expect(Math.abs(failed - 0.5)).toBeLessThan(CHANCE);
});

it('requests without the key go by weight', () => {
  const target: Target = { backend: anyBackend, request: undefined, response: undefined };
  const choice = new StickyChoice(({ source }) => source, [branch('orders v1', 1)], { pick: () => target });
  expect(choice.pick(request(''))).toBe(target);
});
