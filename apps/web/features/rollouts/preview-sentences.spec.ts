import { rolloutPresets } from '@tulle/mesh/rollout/presets';
import { expect, it } from 'vitest';
import { previewSentences, shortestMs } from './preview-sentences.ts';

const names = { stable: 'v1', candidate: 'v2' };
const plain = (text: string) => text.replaceAll('\u2009', ' ');

it('says in sentences what a rollout will do', () => {
  expect(previewSentences(rolloutPresets.standard(), names, 120).map(plain)).toEqual([
    'Gives v2 10 % of the traffic, about 12 /s.',
    'Looks at v2 for 1 min and at least 100 requests; if it does worse, all traffic returns to v1.',
    'Waits until a person approves.',
    'Gives v2 50 % of the traffic, about 60 /s.',
    'Looks at v2 for 2 min and at least 100 requests; if it does worse, all traffic returns to v1.',
    'Gives v2 100 % of the traffic, about 120 /s.',
  ]);
});

it('says how long it takes at least', () => {
  expect(shortestMs(rolloutPresets.standard())).toBe(180_000);
  expect(shortestMs([{ type: 'pause' }, { type: 'pause', durationMs: Number.NaN }])).toBe(0);
});

it('does not stumble over what is half typed', () => {
  expect(previewSentences([{ type: 'setWeight', weight: Number.NaN }], names, 0)).toEqual(['Sets a weight.']);
});
