import { describe, expect, test } from 'vitest';
import { type RootRotation, rotationText } from './rotation-text.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const root = { subject: 'CN=Tulle root', fingerprint: 'aa11', notAfter: now + 86_400_000 };
const rotation: NonNullable<RootRotation['rotation']> = {
  phase: 'distributing',
  since: now,
  newRoot: { ...root, fingerprint: 'bb22' },
  demand: 'trust both roots',
  next: 'reissuing',
  agents: 3,
  confirmed: 2,
  holdouts: [
    {
      agentId: 'a',
      instance: 'orders-1',
      service: 'orders',
      state: 'disconnected',
      reason: 'It is not connected.',
      mayBeLeft: true,
    },
  ],
  unusedTokens: 2,
  acts: [],
};

describe('tulle roots says', () => {
  test('how to begin', () => {
    expect(rotationText({ root, rotation: null, last: null }, now)).toMatch(/aa11.*\n.*tulle roots rotate/);
  });

  test('who holds it up, and not what comes next', () => {
    const text = rotationText({ root, rotation, last: null }, now);
    expect(text).toContain('2 of 3 agents are known to trust both roots.');
    expect(text).toContain('orders-1    It is not connected. It may be left behind (--without).');
    expect(text).not.toContain('Next:');
  });

  test('what comes next, and that unused tokens end with the old root', () => {
    const done = { phase: 'reissuing', next: 'retired', confirmed: 3 } as const;
    const ready = { ...rotation, ...done, holdouts: [] };
    const text = rotationText({ root, rotation: ready, last: null }, now);
    expect(text).toContain('Join tokens not used yet: 2.');
    expect(text).toContain('Next: `tulle roots advance` is step 3 of 3');
  });
});
