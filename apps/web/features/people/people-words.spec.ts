import { expect, test } from 'vitest';
import { roleChangeWords } from './people-words.ts';

test.each([
  ['viewer', 'editor', 'Bob may then also change traffic and start rollouts.'],
  [
    'editor',
    'admin',
    'Bob may then also approve and promote rollouts and manage people and revoke instances.',
  ],
  ['approver', 'editor', 'Bob may then no longer approve and promote rollouts.'],
  [
    'approver',
    'viewer',
    'Bob may then no longer change traffic and start rollouts or approve and promote rollouts.',
  ],
] as const)('from %s to %s', (from, to, words) => {
  expect(roleChangeWords('Bob', from, to)).toBe(words);
});
