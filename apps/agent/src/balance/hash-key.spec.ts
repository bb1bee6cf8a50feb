import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hash32, unitInterval } from './hash.ts';
import { compileHashKey } from './hash-key.ts';

function headWith(...lines: [string, string][]): RequestHead {
  const head = new RequestHead(16);
  for (const [name, value] of lines) {
    head.addLine(name === 'cookie' ? FIELD.cookie : FIELD.other, `${name}: ${value}\r\n`, name.length);
  }
  return head;
}

it.each([
  ['user=anna', 'anna'],
  ['a=1; user=anna; b=2', 'anna'],
  ['xuser=1;user=anna', 'anna'],
  ['a=user=1; user=', ''],
  ['users=1; a=user', undefined],
  ['user', undefined],
])('the cookie user of "%s" is %s', (cookie, value) => {
  expect(
    compileHashKey({ by: 'cookie', name: 'user' })({ head: headWith(['cookie', cookie]), source: '' }),
  ).toBe(value);
});

it('a cookie is found in any line, and only in lines of Cookie', () => {
  const read = compileHashKey({ by: 'cookie', name: 'user' });
  expect(read({ head: headWith(['cookie', 'a=1'], ['cookie', 'user=anna']), source: '' })).toBe('anna');
  expect(read({ head: headWith(['x-cookie', 'user=anna']), source: '' })).toBeUndefined();
});

it('headers and the source are keys when they are there', () => {
  const header = compileHashKey({ by: 'header', name: 'x-user' });
  expect(header({ head: headWith(['X-User', 'anna']), source: '' })).toBe('anna');
  expect(header({ head: headWith(), source: 'web' })).toBeUndefined();
  const source = compileHashKey({ by: 'source' });
  expect(source({ head: headWith(), source: 'web' })).toBe('web');
  expect(source({ head: headWith(), source: '' })).toBeUndefined();
});

it('hashes of similar keys are spread evenly, and anew for another seed', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1 }), (seed, other) => {
      const cells = new Array<number>(16).fill(0);
      let low = 0;
      let both = 0;
      for (let key = 0; key < 8_000; key++) {
        const first = unitInterval(hash32(`user-${key}`, seed));
        const second = unitInterval(hash32(`user-${key}`, seed ^ other));
        cells[Math.floor(first * 16)] = (cells[Math.floor(first * 16)] ?? 0) + 1;
        if (first >= 0.25) continue;
        low++;
        if (second < 0.25) both++;
      }
      for (const count of cells) expect(Math.abs(count - 500)).toBeLessThan(130);
      expect(Math.abs(both / low - 0.25)).toBeLessThan(0.07);
    }),
    { numRuns: 30 },
  );
});
