import { expect, it } from 'vitest';
import { colonHex, lifeLeft, shortHex } from './certificate-life.ts';

it('says how much of a life is left', () => {
  expect(lifeLeft(0, 100, 25)).toBe(75);
  expect(lifeLeft(0, 100, 250)).toBe(0);
  expect(lifeLeft(0, 100, -5)).toBe(100);
  expect(lifeLeft(100, 100, 100)).toBe(0);
});

it('groups hex in pairs', () => {
  expect(shortHex('7c41aabbcc0e')).toBe('7c:41:…:0e');
  expect(shortHex('7c41')).toBe('7c:41');
  expect(colonHex('7c41aa')).toBe('7c:41:aa');
});
