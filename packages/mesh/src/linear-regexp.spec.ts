import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MeshError } from './errors.ts';
import { compileLinearRegexp } from './linear-regexp.ts';

/** Of the syntax that both engines share. Shallow: for some that are deeper the platform's engine takes minutes. */
const expression = fc.letrec<{ choice: string; sequence: string; repeated: string; one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 1, depthIdentifier: 'one' },
    fc.constantFrom(
      'a',
      'b',
      'c',
      '.',
      '\\d',
      '\\w',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '\\.',
      '/',
      '^',
      '$',
      '\\u0100',
      '[^\\d]',
    ),
    tie('choice').map((inside) => `(?:${inside})`),
    tie('choice').map((inside) => `(${inside})`),
  ),
  repeated: fc
    .tuple(tie('one'), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '{0}'))
    .map(([one, times]) => (one === '^' || one === '$' ? one : one + times)),
  sequence: fc.array(tie('repeated'), { maxLength: 3 }).map((parts) => parts.join('')),
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
})).choice;
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', '.', '/', '\n', 'Ā', 'é'), { maxLength: 6 })
  .map((parts) => parts.join(''));

describe('LinearRegexp', () => {
  it('agrees with the engine of the platform on whole texts', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
        const expected = new RegExp(`^(?:${source})$`);
        const linear = compileLinearRegexp(source);
        for (const one of texts)
          expect(linear.test(one), `${source} on ${JSON.stringify(one)}`).toBe(expected.test(one));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['/orders/[0-9]+', '/orders/17', true],
    ['/orders/[0-9]+', '/orders/17/items', false],
    ['orders', '/orders', false],
    ['(?i).*(iphone|android).*', 'Mozilla (iPhone; x)', true],
    ['(?i)[^a]', 'A', false],
    ['/(?P<tenant>[a-z]+)/x', '/acme/x', true],
    ['', '', true],
    ['', 'a', false],
    ['[0-9a-f]{8}-[0-9a-f]{32}', `01234567-${'f'.repeat(32)}`, true],
  ])('%s on %s: %s', (source, subject, expected) => {
    expect(compileLinearRegexp(source).test(subject)).toBe(expected);
  });

  it.each([
    ['(a)\\1', 'at character 4, backreferences cannot run in linear time'],
    ['(?<x>a)\\k<x>', 'at character 8, backreferences'],
    ['(?=a)', 'at character 1, look-around'],
    ['a(?<!b)', 'at character 2, look-around'],
    ['\\bfoo', 'word boundaries'],
    ['(a', 'at character 1, this ( is never closed'],
    ['a)', 'at character 2, there is no ( for this )'],
    ['[a', 'this [ is never closed'],
    ['*a', 'nothing to repeat'],
    ['a**', 'repeats a repetition'],
    ['a{3,2}', 'ends before it begins'],
    ['a{1001}', 'at most 1000 repetitions'],
    ['(a{100}){100}', 'too large when its repetitions are written out'],
    ['[z-a]', 'this range ends before it begins'],
    ['\\p{L}', '\\p is not known'],
    ['(?m)a', 'only (?:…)'],
    ['a\\', '\\ stands at the end'],
    ['{', 'nothing to repeat'],
    [`${'('.repeat(101)}${')'.repeat(101)}`, 'nested more than 100 deep'],
  ])('refuses %s: %s', (source, message) => {
    expect(() => compileLinearRegexp(source)).toThrow(MeshError);
    expect(() => compileLinearRegexp(source)).toThrow(message);
  });

  it('never takes more steps than text and program, where backtracking would take years', () => {
    const subject = `${'a'.repeat(20_000)}!`;
    for (const source of ['(a+)+', '(a|aa)*b', '(a*)*(a*)*b', '(.*a){20}b', '((a?){20}){20}b'])
      expect(compileLinearRegexp(source).test(subject)).toBe(false);
  });

  it('writes a repetition of nothing out once', () => {
    expect(compileLinearRegexp('(((){1000}){1000}){1000}a').size).toBeLessThan(10);
  });

  it('keeps its answers where there are more states than it keeps', () => {
    const linear = compileLinearRegexp('(.*a.{14}$|b+)');
    const expected = /^(?:.*a.{14}|b+)$/;
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { minLength: 200, maxLength: 400 }), (letters) => {
        expect(linear.test(letters.join(''))).toBe(expected.test(letters.join('')));
      }),
      { numRuns: 300 },
    );
  });
});
