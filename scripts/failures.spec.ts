import { expect, it } from 'vitest';
import { failuresOfPlaywright, failuresOfVitest, list, Tail } from './failures.mjs';

const failed = (fullName: string, message: string) => ({
  ...{ status: 'failed', fullName, failureMessages: [message] },
});

it('names each test that failed, with its message, and files that could not be loaded', () => {
  const report = {
    testResults: [
      {
        ...{ name: '/repo/a.spec.ts', status: 'failed', message: '' },
        assertionResults: [failed('is one', '\u001b[31mError: 1\u001b[39m'), { status: 'passed' }],
      },
      { name: '/repo/b.spec.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] },
      { name: '/repo/c.spec.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed' }] },
    ],
  };
  expect(failuresOfVitest(report, '/repo')).toEqual([
    { name: 'a.spec.ts > is one', message: 'Error: 1' },
    { name: 'b.spec.ts', message: 'SyntaxError' },
  ]);
});

it('finds what failed in the browser in nested suites, and before any test', () => {
  const spec = { title: 'opens', ok: false, tests: [{ results: [{ errors: [{ message: 'no button' }] }] }] };
  const inner = { title: 'the demo', specs: [spec, { title: 'fine', ok: true, tests: [] }] };
  const report = { suites: [{ title: 'demo.spec.ts', suites: [inner] }], errors: [{ message: 'no server' }] };
  expect(failuresOfPlaywright(report)).toEqual([
    { name: 'outside of the tests', message: 'no server' },
    { name: 'demo.spec.ts > the demo > opens', message: 'no button' },
  ]);
});

it('lists few failures with their messages, and many on one page', () => {
  const message = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
  const failures = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ suite: 'unit', name: `test ${index}`, message }));
  expect(list(failures(1))).toHaveLength(26);
  expect(list(failures(1))[0]).toBe('✗ unit: test 0');
  expect(list(failures(20)).length).toBeLessThanOrEqual(80);
});

it('leaves out of a message the places in packages and in Node', () => {
  const message =
    'Error: no\n    at mine (/repo/a.ts:1:1)\n    at theirs (/repo/node_modules/b.js:1:1)\n    at new Promise (<anonymous>)\n\n    at node:net:1';
  expect(list([{ suite: 'unit', name: 'a', message }])).toEqual([
    '✗ unit: a',
    '    Error: no',
    '        at mine (/repo/a.ts:1:1)',
  ]);
});

it('keeps the last lines', () => {
  const tail = new Tail();
  for (let line = 0; line < 100; line++) tail.take(Buffer.from(`line ${line}\n`));
  expect(tail.text().split('\n')).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index + 60}`));
});
