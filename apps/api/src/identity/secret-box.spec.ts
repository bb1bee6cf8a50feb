import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { open, seal } from './secret-box.ts';

const key = randomBytes(32);
const plain = Buffer.from('a private key');

test('opens what it sealed, each time sealed differently', () => {
  const sealed = seal(key, plain, 'row 1');
  expect(open(key, sealed, 'row 1')).toEqual(plain);
  expect(seal(key, plain, 'row 1')).not.toEqual(sealed);
});

test('does not open with another key or context, or after any change', () => {
  const sealed = seal(key, plain, 'row 1');
  expect(open(randomBytes(32), sealed, 'row 1')).toBeUndefined();
  expect(open(key, sealed, 'row 2')).toBeUndefined();
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(open(key, changed, 'row 1')).toBeUndefined();
  }
  expect(open(key, Buffer.alloc(3), 'row 1')).toBeUndefined();
});
