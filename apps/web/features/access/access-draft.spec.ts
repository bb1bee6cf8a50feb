import { expect, it } from 'vitest';
import {
  type AccessView,
  afterApplied,
  allowOf,
  choose,
  isChanged,
  nameCallers,
  namesIssue,
  rebase,
  standing,
  startDraft,
} from './access-draft.ts';

const call = (caller: string, isAllowed = true) => ({
  caller,
  service: 'orders',
  ratePerSecond: 1,
  refusedPerSecond: 0,
  isAllowed,
});

function viewOf(allow: readonly string[] | null, more: Partial<AccessView> = {}): AccessView {
  return {
    service: 'orders',
    revision: 7,
    rule: allow && { allow, changed: null },
    byDefault: null,
    callers: [call('web'), call('ads', false), call('cart')],
    governed: 1,
    isEnforced: true,
    services: ['ads', 'cart', 'orders', 'web'],
    agents: 3,
    usualMs: null,
    ...more,
  };
}

it('begins as what is declared, and is changed by another choice alone', () => {
  expect(startDraft(viewOf(null)).choice).toBe('default');
  expect(startDraft(viewOf([])).choice).toBe('nobody');
  expect(startDraft(viewOf(['web', '*'])).choice).toBe('anyone');
  expect(startDraft(viewOf(['web']))).toMatchObject({ choice: 'some', names: ['web'] });
  for (const allow of [null, [], ['*'], ['web', 'cart']]) {
    const view = viewOf(allow);
    expect(isChanged(startDraft(view)), String(allow)).toBe(false);
    expect(isChanged(choose(startDraft(view), allow?.length === 0 ? 'anyone' : 'nobody', view))).toBe(true);
  }
});

it('of a default that was never declared, anyone is no change', () => {
  const view = viewOf(null, { service: '*' });
  const draft = startDraft(view);
  expect(draft.choice).toBe('anyone');
  expect(isChanged(draft)).toBe(false);
  expect(allowOf(choose(draft, 'nobody', view))).toEqual([]);
  // Once it is, it says so, and is not taken away without a word.
  const declared = viewOf([], { service: '*' });
  expect(allowOf(choose(startDraft(declared), 'anyone', declared))).toEqual(['*']);
});

it('names begin with those who call and may, and are kept while something else is chosen', () => {
  const view = viewOf(null);
  const some = choose(startDraft(view), 'some', view);
  expect(some.names).toEqual(['cart', 'web']);
  const fewer = nameCallers(some, ['web']);
  expect(choose(choose(fewer, 'anyone', view), 'some', view).names).toEqual(['web']);
  const ofMesh = viewOf(null, { service: '*' });
  expect(choose(startDraft(ofMesh), 'some', ofMesh).names).toEqual([]);
});

it('takes each name once, and says which is none', () => {
  const draft = nameCallers(startDraft(viewOf(['web'])), [' Web ', 'web', 'a_b']);
  expect(draft.names).toEqual(['web', 'a_b']);
  expect(namesIssue(draft.names)).toContain('“a_b” is no name of a service');
  expect(namesIssue(['web'])).toBeNull();
});

it('follows other changes, and is overtaken by one of the same rule', () => {
  const draft = nameCallers(startDraft(viewOf(['web'])), ['web', 'ads']);
  expect(standing(draft, viewOf(['web']))).toBe('current');
  expect(standing(draft, viewOf(['web'], { revision: 8 }))).toBe('moved-on');
  expect(standing(draft, viewOf(['ads', 'web'], { revision: 8 }))).toBe('moved-on');
  const theirs = viewOf(['cart'], { revision: 8 });
  expect(standing(draft, theirs)).toBe('overtaken');
  const mine = rebase(draft, theirs);
  expect(mine).toMatchObject({ baseRevision: 8, base: ['cart'], names: ['web', 'ads'] });
  expect(standing(mine, theirs)).toBe('current');
});

it('goes when it is applied, but for what was chosen meanwhile', () => {
  const sent = nameCallers(startDraft(viewOf(['web'])), ['web', 'ads']);
  const applied = { baseRevision: 8, allow: allowOf(sent) };
  expect(afterApplied(sent, applied)).toBeNull();
  const more = afterApplied(nameCallers(sent, ['web', 'ads', 'cart']), applied);
  expect(more).toMatchObject({ baseRevision: 8, base: ['web', 'ads'], names: ['web', 'ads', 'cart'] });
});
