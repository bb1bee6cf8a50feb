import { expect, it } from 'vitest';
import { joinCommand, shellQuote } from './join-command.ts';

it('keeps the token out of the arguments, where other users of the host could read it', () => {
  const command = joinCommand({ token: 'tok_1', apiAddress: '127.0.0.1:7443' }, 'orders');
  expect(command).toMatch(/^TULLE_TOKEN=tok_1 /);
  expect(command).toContain('--api https://127.0.0.1:7443');
  expect(command).toContain('--service orders');
});

it('quotes what a shell would read as more than a word', () => {
  expect(shellQuote('abc.DEF-1')).toBe('abc.DEF-1');
  expect(shellQuote("a'b $(c)")).toBe(`'a'\\''b $(c)'`);
});
