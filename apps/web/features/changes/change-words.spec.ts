import { expect, it } from 'vitest';
import { type Change, changeSentence, changeText, revertWords } from './change-words.ts';

const weights = { path: 'weights.v2', from: 10, to: 50, sentence: 'v2 10 % → 50 %' };

const change: Change = {
  revision: 41,
  at: 0,
  author: 'ana',
  source: 'dashboard',
  reason: 'first half',
  rolloutId: null,
  entries: [{ kind: 'TrafficSplit', service: 'payment', action: 'update', fields: [weights] }],
  acks: { agents: 7, acked: 7, rejected: [], waiting: [], lastAckMs: 41 },
  revertBlocked: null,
};

it('says what a change touched and how', () => {
  expect(changeSentence(change)).toBe('Split of payment: v2 10 % → 50 %');
  expect(changeText(change)).toContain('r41 ana dashboard first half');
});

it('says what came and went without listing all of it', () => {
  const created: Change = {
    ...change,
    entries: [{ kind: 'Service', service: 'ads', action: 'create', fields: [weights] }],
  };
  expect(changeSentence(created)).toBe('Service ads created');
  expect(revertWords(created)).toEqual(['Deletes the service ads again.']);
});

it('says what a revert undoes', () => {
  expect(revertWords(change)).toEqual([
    'Sets the split of payment back to what it was before: undoes v2 10 % → 50 %.',
  ]);
});

it('tells of rules by what they say', () => {
  const rule = {
    path: 'rules.canary.header x-beta = 1',
    to: '',
    sentence: 'rule canary: header x-beta = 1 added',
  };
  const routed: Change = {
    ...change,
    entries: [{ kind: 'Route', service: 'payment', action: 'update', fields: [rule] }],
  };
  expect(changeSentence(routed)).toBe('Route of payment: rule canary: header x-beta = 1 added');
  expect(revertWords(routed)).toEqual([
    'Sets the route of payment back to what it was before: undoes rule canary: header x-beta = 1 added.',
  ]);
});

it('says of rules of access what they are, and of the default that it is the default', () => {
  const nobody = {
    path: 'allow.no service',
    to: 'no service',
    sentence: 'allow no service added',
  };
  const entry = { kind: 'AccessRule' as const, action: 'create' as const, fields: [nobody] };
  const of = (service: string): Change => ({ ...change, entries: [{ ...entry, service }] });
  expect(changeSentence(of('ads'))).toBe('Access rule of ads created: allow no service added');
  expect(changeSentence(of('*'))).toBe('Default of access created: allow no service added');
  expect(revertWords(of('*'))).toEqual(['Deletes the default of access again.']);
});
