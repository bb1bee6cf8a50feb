import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeHealthResponse, encodeHealthRequest } from './grpc-health.ts';

const framed = (...message: number[]) => Uint8Array.from([0, 0, 0, 0, message.length, ...message]);

it('asks for the whole server with an empty message, for a service by its name', () => {
  expect([...encodeHealthRequest('')]).toEqual([0, 0, 0, 0, 0]);
  expect([...encodeHealthRequest('ab')]).toEqual([0, 0, 0, 0, 4, 0x0a, 2, 0x61, 0x62]);
  const long = encodeHealthRequest('x'.repeat(200));
  expect([...long.subarray(0, 8)]).toEqual([0, 0, 0, 0, 203, 0x0a, 0xc8, 0x01]);
  expect(long.length).toBe(208);
});

it.each([
  ['SERVING', framed(8, 1)],
  ['NOT_SERVING', framed(8, 2)],
  ['SERVICE_UNKNOWN', framed(8, 3)],
  ['UNKNOWN', framed()],
  ['SERVING', framed(0x12, 2, 8, 2, 8, 1)],
  ['SERVING', framed(8, 2, 8, 1)],
  [undefined, framed(8, 9)],
  [undefined, framed(8)],
  [undefined, framed(0x12, 9, 8, 1)],
  [undefined, framed(8, 1).subarray(0, 6)],
  [undefined, Uint8Array.from([1, 0, 0, 0, 2, 8, 1])],
  [undefined, new Uint8Array()],
])('reads %s', (status, bytes) => {
  expect(decodeHealthResponse(bytes)).toBe(status);
});

it('arbitrary bytes are read without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
      const status = decodeHealthResponse(framed(...message));
      expect([undefined, 'UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']).toContain(status);
    }),
  );
});
