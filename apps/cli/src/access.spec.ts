import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataDirectoryOf, findAccess } from './access.ts';
import { CommandFailure } from './failure.ts';
import { defaultDataDirectory } from './server/clone.ts';

let dataDir: string;
let file: string;
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tulle-access-'));
  file = path.join(dataDir, 'operator.json');
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function know(content: string): void {
  writeFileSync(file, content);
}

test('the address and token of the environment come before those of the data directory, flags before both', () => {
  know('{"url":"http://127.0.0.1:4400","token":"mine"}');
  expect(findAccess({ dataDir }, {})).toEqual({
    url: 'http://127.0.0.1:4400',
    token: 'mine',
    tokenFrom: file,
  });
  const environment = { TULLE_URL: 'http://one:1', TULLE_TOKEN: 'given', TULLE_DATA_DIR: dataDir };
  expect(findAccess({}, environment)).toEqual({
    url: 'http://one:1',
    token: 'given',
    tokenFrom: 'TULLE_TOKEN',
  });
  expect(findAccess({ url: 'http://two:2' }, environment)).toMatchObject({
    url: 'http://two:2',
    token: 'given',
  });
  expect(findAccess({ token: 'mine-too' }, environment)).toMatchObject({
    url: 'http://one:1',
    token: 'mine-too',
    tokenFrom: '--token',
  });
  expect(findAccess({}, { ...environment, TULLE_TOKEN: '' })).toMatchObject({
    url: 'http://one:1',
    token: 'mine',
  });
});

test('an empty variable counts as unset', () => {
  expect(dataDirectoryOf({}, { TULLE_DATA_DIR: '' })).toBe(defaultDataDirectory);
});

test.each([
  [
    { TULLE_URL: 'nonsense', TULLE_TOKEN: 'x' },
    /^--url or TULLE_URL: nonsense is not the address of a server; /,
  ],
  [{ TULLE_URL: '127.0.0.1:4400' }, /^--url or TULLE_URL: 127\.0\.0\.1:4400 is not the address/],
  [{ TULLE_URL: 'ftp://here' }, /is not the address of a server/],
  [{ TULLE_TOKEN: 'two\nlines' }, /^TULLE_TOKEN has spaces or other characters that no token has\.$/],
])('what cannot be used is said in a sentence: %j', (environment, sentence) => {
  know('{"url":"http://127.0.0.1:4400","token":"mine"}');
  expect(() => findAccess({ dataDir }, environment)).toThrow(sentence);
  expect(() => findAccess({ dataDir }, environment)).toThrow(CommandFailure);
});

test.each(['{', '{}', '[]', ''])('a damaged file is said to be that: %j', (content) => {
  know(content);
  expect(() => findAccess({ dataDir }, {})).toThrow(`${file} is damaged; restart the server`);
});
