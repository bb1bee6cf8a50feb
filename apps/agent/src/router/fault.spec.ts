import { faultSchema } from '@tulle/mesh/route';
import { expect, it } from 'vitest';
import { faultOf } from './fault.ts';
import { requestFor } from './request.spec-support.ts';

const delay = { delayMs: 30, percent: 25 };
const abort = { status: 418, grpcStatus: 9, percent: 50 };

it.each([
  [0, 30, true],
  [0.249, 30, true],
  [0.25, 0, true],
  [0.499, 0, true],
  [0.5, 0, false],
  [0.999, 0, false],
])('a draw of %d delays by %d and aborts: %s', (drawn, delayMs, aborts) => {
  const fault = faultOf(faultSchema.parse({ delay, abort }), () => drawn);
  expect(fault.delayMs(requestFor('/'))).toBe(delayMs);
  expect(fault.abort(requestFor('/'))).toEqual(aborts ? { status: 418, grpcStatus: 9 } : undefined);
});

it('0 percent concerns none and 100 all', () => {
  const of = (percent: number, drawn: number) =>
    faultOf(faultSchema.parse({ delay: { ...delay, percent } }), () => drawn).delayMs(requestFor('/'));
  expect([of(0, 0), of(100, 0.999_999)]).toEqual([0, 30]);
});

it('with a header, concerns those that carry it, whatever it says', () => {
  const fault = faultOf(faultSchema.parse({ header: 'X-Chaos', delay: { delayMs: 5 }, abort: {} }));
  const chosen = requestFor('/', { fields: { 'x-chaos': '' } });
  expect([fault.delayMs(chosen), fault.abort(chosen)]).toEqual([5, { status: 503, grpcStatus: 14 }]);
  expect([fault.delayMs(requestFor('/')), fault.abort(requestFor('/'))]).toEqual([0, undefined]);
});
