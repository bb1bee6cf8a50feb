import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meshErrorWords } from './mesh-error-words.ts';

// Read, not imported: the dashboard must not depend on the agent, only keep up with what it says.
const source = readFileSync(new URL('../../../agent/src/errors.ts', import.meta.url), 'utf8');
const codes = [...source.matchAll(/^ {2}(\w+): \{/gm)].map(([, code = '']) => code);

test('every code with which an agent answers has words', () => {
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => meshErrorWords(code).means === '')).toEqual([]);
});

test('a code of a newer agent is shown as it is', () => {
  expect(meshErrorWords('made_up_later')).toEqual({ name: 'made up later', means: '' });
  expect(meshErrorWords('constructor')).toEqual({ name: 'constructor', means: '' });
});
