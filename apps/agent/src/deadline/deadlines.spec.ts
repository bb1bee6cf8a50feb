import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import { expect, it } from 'vitest';
import { Deadlines } from './deadlines.ts';

const none = Number.POSITIVE_INFINITY;

/** Begun at 100; a caller of gRPC that waits for two seconds, or nobody who says so. */
function begun(requestMs: number, callerWaits: boolean): Deadlines {
  const head = new RequestHead(4);
  if (callerWaits) head.addLine(FIELD.grpcTimeout, 'grpc-timeout: 2S\r\n', 'grpc-timeout'.length);
  const deadlines = new Deadlines(100);
  deadlines.begin({ requestMs, perTryMs: 0, idleMs: 500 }, head, 100);
  return deadlines;
}

it('an exchange is over at its limit, and not before', () => {
  const deadlines = begun(1_000, false);
  expect([deadlines.isOver(1_099), deadlines.isOver(1_100)]).toEqual([false, true]);
  deadlines.endAt(5_000);
  expect([deadlines.isOver(4_999), deadlines.isOver(5_000)]).toEqual([false, true]);
});

it('an exchange is idle when nothing has moved for as long as that may be', () => {
  const deadlines = begun(1_000, false);
  expect([deadlines.isIdle(599), deadlines.isIdle(600)]).toEqual([false, true]);
  deadlines.activeAt = 550;
  expect([deadlines.isIdle(1_049), deadlines.isIdle(1_050)]).toEqual([false, true]);
  expect(new Deadlines(0).isIdle(1e12)).toBe(false);
});

it('calls of gRPC pass on the time of their caller, others the shorter one', () => {
  expect([begun(1_000, true).passedOn(true), begun(1_000, true).passedOn(false)]).toEqual([2_100, 1_100]);
  expect([begun(1_000, false).passedOn(true), begun(1_000, false).passedOn(false)]).toEqual([none, 1_100]);
});

it('a stream may go on for as long as its caller waits', () => {
  const ofGrpc = begun(1_000, true);
  ofGrpc.lift(true);
  expect([ofGrpc.isOver(2_099), ofGrpc.isOver(2_100)]).toEqual([false, true]);
  const ofHttp = begun(1_000, true);
  ofHttp.lift(false);
  expect(ofHttp.isOver(1e12)).toBe(false);
});
