import { expect, it } from 'vitest';
import { callersWords, defaultSentence } from './access-words.ts';

it('says whom a list lets in', () => {
  expect(callersWords(['web', '*'])).toBe('anyone');
  expect(callersWords([])).toBe('nobody');
  expect(callersWords(['web', 'cart', 'web'])).toBe('cart and web');
});

it('says the default in a sentence', () => {
  expect(defaultSentence(null)).toBe('Any service of the mesh may call those without a rule of their own.');
  expect(defaultSentence(['*'])).toBe(defaultSentence(null));
  expect(defaultSentence([])).toBe('Nobody may call a service without a rule of its own.');
  expect(defaultSentence(['edge'])).toBe('Only edge may call services without a rule of their own.');
});
