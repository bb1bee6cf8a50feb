import { expect, test } from 'vitest';
import { versionColour } from './version-colour.ts';

test('a numbered version keeps its colour whichever others are present', () => {
  expect(versionColour(['v1', 'v3'], 'v3')).toBe('var(--v3)');
  expect(versionColour(['v3'], 'v3')).toBe('var(--v3)');
  expect(versionColour(['v7'], 'v7')).toBe('var(--v2)');
});

test('versions without a number take the colours left over, in their order', () => {
  const versions = ['v1', 'f00d', '2026-11-21'];
  expect(versionColour(versions, '2026-11-21')).toBe('var(--v2)');
  expect(versionColour(versions, 'f00d')).toBe('var(--v3)');
});

test('requests no version answered are not drawn as a version', () => {
  expect(versionColour(['', 'v1'], '')).toBe('var(--idle)');
});
