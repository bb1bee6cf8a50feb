import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessEffects, describeAccessChange, type ObservedCall } from './access-preview.ts';
import { type AccessRule, allowInForce } from './access-rule.ts';
import { compileServiceView } from './snapshot.ts';

const calls: ObservedCall[] = [
  { caller: 'ads', service: 'orders', ratePerSecond: 12 },
  { caller: 'web', service: 'orders', ratePerSecond: 31.26 },
  { caller: 'cart', service: 'orders', ratePerSecond: 0.5 },
];
const about = (current: string[] | null, next: string[] | null, byDefault: string[] | null = null) =>
  describeAccessChange({ current, next, byDefault, calls, agents: 7, usualMs: 41 });
const plain = (sentences: readonly string[]) =>
  sentences.map((sentence) => sentence.replaceAll('\u2009', ' '));

test('who would be cut off is said with names and rates, the busiest first', () => {
  const preview = about(null, ['cart']);
  expect(plain(preview.cutOff)).toEqual([
    'web calls orders at 31.3 /s and would be refused.',
    'ads calls orders at 12 /s and would be refused.',
  ]);
  expect(preview.letIn).toEqual([]);
  expect(plain([preview.agentsSentence])).toEqual(['7 agents will take it, usually within 41 ms.']);
});

test('who would be let in, too', () => {
  expect(plain(about(['web'], ['web', 'ads']).letIn)).toEqual([
    'ads calls orders at 12 /s, is refused, and would be let in.',
  ]);
});

test('without its rule a service has what the mesh has', () => {
  expect(about([], null).letIn).toHaveLength(3);
  expect(about([], null, []).letIn).toEqual([]);
  expect(about(['*'], null, ['web']).cutOff).toHaveLength(2);
});

test('many are counted', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({
    caller: `c${index}`,
    service: 'orders',
    ratePerSecond: 12 - index,
  }));
  const { cutOff } = describeAccessChange({
    ...{ current: null, next: [], byDefault: null, calls: many, agents: 1 },
  });
  expect(cutOff).toHaveLength(8);
  expect(cutOff.at(-1)).toBe('5 more callers would be refused.');
});

const names = ['ads', 'cart', 'web'];
const allow = fc.option(fc.array(fc.constantFrom(...names, '*'), { maxLength: 4 }));
const observed = fc.array(
  fc.record({ caller: fc.constantFrom(...names), service: fc.constant('orders'), ratePerSecond: fc.nat(99) }),
  { maxLength: 6 },
);

test('exactly those are named for whom the compiled view decides otherwise than before', () => {
  const letsIn = (list: readonly string[] | null, byDefault: readonly string[] | null, caller: string) => {
    const rule = (service: string, names: readonly string[] | null): AccessRule | undefined =>
      names === null ? undefined : { kind: 'AccessRule', service, allow: [...names] };
    const view = compileServiceView(
      'orders',
      { accessRule: rule('orders', list), defaultAccessRule: rule('*', byDefault) },
      [],
    );
    return view.allow === undefined || view.allow.includes(caller);
  };
  fc.assert(
    fc.property(allow, allow, allow, observed, (current, next, byDefault, seen) => {
      const [before, after] = [allowInForce(current, byDefault), allowInForce(next, byDefault)];
      const { cutOff, letIn } = accessEffects(before, after, seen);
      for (const call of seen) {
        const [was, will] = [current, next].map((list) => letsIn(list, byDefault, call.caller));
        expect(cutOff.includes(call)).toBe(was && !will);
        expect(letIn.includes(call)).toBe(!was && will);
      }
      // Taking it back gives back what it took.
      expect(accessEffects(after, before, seen)).toEqual({ cutOff: letIn, letIn: cutOff });
    }),
  );
});
