import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { inputAt, subjects } from './subject.ts';

/** A short run; `npm run conformance:fuzz` is the long one. */
const INPUTS = 4_000;
const SEED = 20261121;

describe.each(Object.entries(subjects))('%s', (_name, subject) => {
  it('keeps its promises for every input of the corpus', () => {
    expect(subject.corpus.length).toBeGreaterThan(0);
    for (const input of subject.corpus) subject.run(input);
  });

  it('keeps its promises for inputs made up', () => {
    for (let index = 0; index < INPUTS; index++) subject.run(inputAt(subject, SEED, index));
  });
});

it('makes the same inputs of the same seed, and others of another', () => {
  const { http1 } = subjects;
  if (http1 === undefined) throw new Error('no such subject');
  expect(inputAt(http1, 1, 7)).toEqual(inputAt(http1, 1, 7));
  expect(inputAt(http1, 1, 7)).not.toEqual(inputAt(http1, 2, 7));
  expect(inputAt(http1, 1, 7)).not.toEqual(inputAt(http1, 1, 8));
  expect(new Random(3).next()).toBe(new Random(3).next());
});
