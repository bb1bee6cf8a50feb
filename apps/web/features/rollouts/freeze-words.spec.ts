import { expect, test } from 'vitest';
import type { Rollout } from './action-words.ts';
import { freezeWords } from './freeze-words.ts';

const freeze = { until: 1, end: 'Mon 08:00 Europe/Berlin', reason: 'weekend' };
const steps: Rollout['spec']['steps'] = [
  { type: 'setWeight', weight: 20 },
  { type: 'approval', approvals: 1 },
  { type: 'setWeight', weight: 50 },
];
const words = (phase: Rollout['row']['phase'], stepIndex: number, on: typeof freeze | null = freeze) => {
  const row = { phase, stepIndex, setWeight: 20 } as Rollout['row'];
  const spec = { candidate: 'v3', steps } as Rollout['spec'];
  const found = freezeWords({ row, spec, freeze: on });
  return found && { ...found, sentence: found.sentence.replaceAll('\u2009', ' ') };
};

test('a frozen rollout says what waits until when', () => {
  expect(words('frozen', 2)).toEqual({
    title: 'Frozen until Mon 08:00 Europe/Berlin: weekend',
    sentence: 'v3 keeps 20 %, and goes to 50 % by itself afterwards. A pause and an abort are not held up.',
  });
  expect(words('frozen', 3)?.sentence).toContain('goes to 100 % by itself');
});

test('one that a freeze has not reached says what will wait', () => {
  expect(words('waiting-approval', 1, { ...freeze, reason: '' })).toEqual({
    title: 'Frozen until Mon 08:00 Europe/Berlin',
    sentence: 'Steps that give v3 more traffic wait until then; all else goes on.',
  });
});

test('nothing is said where no freeze is on, or none matters', () => {
  expect(words('waiting-approval', 1, null)).toBeNull();
  expect(words('aborting', 1)).toBeNull();
});
