import { expect, test } from 'vitest';
import { ProtocolRefusals } from './protocol-refusals.ts';

test('what a session refused counts while it goes on and once when it is over', () => {
  const all = new ProtocolRefusals();
  const first = new Map([['reset-flood', 1]]);
  const second = new Map([['invalid-hpack', 1]]);
  all.follow(first);
  all.follow(second);
  first.set('reset-flood', 3);
  expect([...all.totals()]).toEqual([
    ['reset-flood', 3],
    ['invalid-hpack', 1],
  ]);
  all.settle(first);
  all.settle(first);
  first.set('reset-flood', 9);
  expect(all.totals().get('reset-flood')).toBe(3);
});
