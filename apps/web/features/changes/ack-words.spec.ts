import { expect, it } from 'vitest';
import { ackFigures, ackStanding, ackTroubles } from './ack-words.ts';

const all = { agents: 7, acked: 7, rejected: [], waiting: [], lastAckMs: 41 };

it('says when everybody has it', () => {
  expect(ackStanding(all)).toBe('applied');
  expect(ackFigures(all)).toBe('7 of 7 agents after 41\u2009ms');
  expect(ackTroubles(all)).toEqual([]);
});

it('names those still without it', () => {
  const some = { ...all, acked: 5, waiting: ['cart-1', 'cart-2'] };
  expect(ackStanding(some)).toBe('waiting');
  expect(ackTroubles(some)).toEqual(['Still without it: cart-1 and cart-2.']);
});

it('puts rejections first, in the words of the agent', () => {
  const refused = { ...all, acked: 6, rejected: [{ instance: 'ads-1', reason: 'unknown key' }] };
  expect(ackStanding(refused)).toBe('rejected');
  expect(ackTroubles(refused)).toEqual(['ads-1 refused it: unknown key']);
});

it('knows changes that concern nobody', () => {
  const none = { agents: 0, acked: 0, rejected: [], waiting: [], lastAckMs: null };
  expect(ackStanding(none)).toBe('nobody');
  expect(ackFigures(none)).toBe('no agents affected');
});
