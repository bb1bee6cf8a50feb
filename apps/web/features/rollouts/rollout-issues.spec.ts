import { rolloutPresets } from '@tulle/mesh/rollout/presets';
import { describe, expect, it } from 'vitest';
import { newWindow } from './freeze-draft.ts';
import { draftSteps } from './rollout-draft.ts';
import { type RolloutValues, rolloutIssues, thresholdError } from './rollout-issues.ts';

const good: RolloutValues = {
  service: 'payment',
  stable: 'v1',
  candidate: 'v3',
  steps: draftSteps(rolloutPresets.standard()),
  reason: '',
  freezeWindows: [],
};

describe('the form of a new rollout', () => {
  it('takes every preset', () => {
    for (const preset of Object.values(rolloutPresets))
      expect(rolloutIssues({ ...good, steps: draftSteps(preset()) })).toEqual({});
  });

  it('puts the error of a freeze window beside its field', () => {
    const weekend = newWindow('weekends', 'Europe/Berlin', 0);
    const freezeWindows = [weekend, { ...weekend, toDay: 'fri' as const, toTime: '16:00' }];
    expect(rolloutIssues({ ...good, freezeWindows })).toEqual({
      'freezeWindows.1.to': 'Ends when it begins, so it would never end.',
    });
    const always = { ...newWindow('nights', 'UTC', 0), fromTime: '00:00', toTime: '00:00' };
    expect(rolloutIssues({ ...good, freezeWindows: [always] })).toEqual({
      freezeWindows: 'Together they never end; leave a time in which the rollout can go on.',
    });
  });

  it('asks for what is not chosen yet', () => {
    expect(rolloutIssues({ ...good, service: '', candidate: '' })).toEqual({
      service: 'Choose a service.',
      candidate: 'Choose a version.',
    });
  });

  it('puts each error beside its field', () => {
    const steps = draftSteps([
      { type: 'setWeight', weight: 120 },
      { type: 'pause', durationMs: Number.NaN },
    ]);
    expect(rolloutIssues({ ...good, steps })).toEqual({
      'steps.0.weight': 'A weight is at most 100.',
      'steps.1.durationMs': 'Write a length of time, such as 90 s or 10 min.',
    });
    expect(rolloutIssues({ ...good, candidate: 'v1' })).toEqual({
      candidate: 'Stable and candidate are the same version.',
    });
    expect(Object.keys(rolloutIssues({ ...good, steps: [] }))).toEqual(['steps']);
  });
});

it('says the error of a threshold once', () => {
  const errors = { 'steps.1.rule.maxP95Ms': 'Write a number.', 'steps.4.rule.maxP95Ms': 'Write a number.' };
  expect(thresholdError(errors, 'maxP95Ms')).toBe('Write a number.');
  expect(thresholdError(errors, 'maxP95Ratio')).toBeUndefined();
});
