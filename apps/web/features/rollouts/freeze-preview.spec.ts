import { rolloutPresets } from '@tulle/mesh/rollout/presets';
import { expect, test } from 'vitest';
import { freezePreview } from './freeze-preview.ts';

const plan = { steps: rolloutPresets.standard(), candidate: 'v3' };
const weekend = { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Europe/Berlin', reason: 'weekend' };
const at = (text: string) => Date.parse(`2026-11-${text}+01:00`);

test('says that it waits when it is frozen now', () => {
  expect(freezePreview([weekend], plan, at('21T12:00'))).toEqual({
    windows: ['Fri 16:00 to Mon 08:00 Europe/Berlin: weekend'],
    sentences: ['Frozen now: the first step waits until Mon 08:00 Europe/Berlin.'],
    isFrozenNow: true,
  });
  const later = { ...plan, steps: [{ type: 'approval' as const, approvals: 1 }, ...plan.steps] };
  expect(freezePreview([weekend], later, at('21T12:00'))?.sentences[0]).toContain('step 2 waits');
});

test('says when it would be held up next', () => {
  expect(freezePreview([weekend], plan, at('18T12:00'))?.sentences).toEqual([
    'Next freeze from Fri 16:00 to Mon 08:00 Europe/Berlin: weekend.',
    'A step that gives v3 more traffic then waits until it is over.',
  ]);
  expect(freezePreview([weekend], plan, at('20T15:59'))?.sentences[1]).toBe(
    'It begins before all steps can be done, so the rollout waits there.',
  );
});

test('leaves out what is not written to its end, and what is over holds nothing up', () => {
  expect(freezePreview([], plan, 0)).toBeNull();
  expect(freezePreview([{ ...weekend, to: 'mon ' }], plan, 0)).toBeNull();
  const past = { from: '2026-11-01T00:00Z', to: '2026-11-02T00:00Z', reason: '' };
  expect(freezePreview([past], plan, at('18T12:00'))?.sentences).toEqual([
    'All of them are over, so they hold nothing up.',
  ]);
});
