import { describe, expect, test } from 'vitest';
import type { Backend } from '../balance/backend.ts';
import { ExchangeTally } from './exchange-tally.ts';
import { OVERFLOW, RouteRecorder } from './route-recorder.ts';
import { Series } from './series.ts';

function seriesOf(version: string): Series {
  return new Series({ side: 'outbound', source: 'web', destination: 'orders', version, tls: true });
}

/** As much of one as is counted. */
function backendOf(version: string): Backend {
  return { series: seriesOf(version) } as Partial<Backend> as Backend;
}

const unanswered = seriesOf('');
const v1 = backendOf('v1');
const v2 = backendOf('v2');

function begun() {
  const recorder = new RouteRecorder();
  const record = recorder.obtain({ side: 'outbound', service: 'orders', rule: 'all' });
  const tally = new ExchangeTally(unanswered);
  tally.begin(record, undefined);
  return { recorder, record, tally };
}

describe('what one exchange adds', () => {
  test('a request that succeeds at once is one try', () => {
    const { record, tally } = begun();
    tally.tried(v1, false);
    expect(record.of(v1.series).active).toBe(1);
    tally.sent(10);
    tally.received(20);
    tally.answerBegan(3);
    tally.answered('ok', -1, 5);
    const route = record.of(v1.series);
    expect(route).toMatchObject({ ok: 1, triedWell: 1, failedTries: 0, retried: 0, active: 0 });
    expect(route).toMatchObject({ bytesSent: 10, bytesReceived: 20 });
    expect([route.firstByte.counts().sum, route.duration.counts().sum]).toEqual([3, 5]);
  });

  test('a retry fails where it was tried and succeeds where it was answered', () => {
    const { record, tally } = begun();
    tally.tried(v1, false);
    tally.tried(v2, true);
    tally.answered('ok', -1, 5);
    expect(record.of(v1.series)).toMatchObject({ ok: 0, triedWell: 0, failedTries: 1, active: 0 });
    expect(record.of(v2.series)).toMatchObject({ ok: 1, triedWell: 1, retried: 1, retriedOk: 1, active: 0 });
  });

  test('a request that fails after all is a try that failed, too', () => {
    const { record, tally } = begun();
    tally.tried(v1, false);
    tally.tried(v1, true);
    tally.failed('peer_reset', 5);
    const route = record.of(v1.series);
    expect(route).toMatchObject({ failedTries: 2, triedWell: 0, retried: 1, retriedOk: 0, active: 0 });
    expect([...route.errors]).toEqual([['peer_reset', 1]]);
  });

  test('a service that is starting is asked again as the same try', () => {
    const { record, tally } = begun();
    for (let count = 0; count < 3; count++) tally.tried(v1, false);
    tally.answered('ok', -1, 5);
    expect(tally.tries).toBe(1);
    expect(record.of(v1.series)).toMatchObject({ triedWell: 1, failedTries: 0, retried: 0, active: 0 });
  });

  test('what is sent to nobody is no try', () => {
    const { record, tally } = begun();
    tally.failed('rate_limited', 0);
    expect(record.unsent).toMatchObject({ triedWell: 0, failedTries: 0, active: 0 });
    expect([...record.unsent.errors]).toEqual([['rate_limited', 1]]);
  });

  test('a call of gRPC counts its status; one that nobody defined is UNKNOWN', () => {
    const { record } = begun();
    for (const status of [0, 14, 99]) {
      const tally = new ExchangeTally(unanswered);
      tally.begin(record, undefined);
      tally.tried(v1, false);
      tally.answered(status === 0 ? 'ok' : 'serverError', status, 1);
    }
    const counts = Array.from(record.of(v1.series).grpcStatuses ?? []);
    expect([counts[0], counts[2], counts[14]]).toEqual([1, 1, 1]);
  });
});

describe('the recorder of rules', () => {
  test('has one record for one name, whatever configuration asks for it', () => {
    const recorder = new RouteRecorder();
    const key = { side: 'outbound', service: 'orders', rule: 'all' } as const;
    expect(recorder.obtain({ ...key })).toBe(recorder.obtain({ ...key }));
    expect(recorder.obtain({ ...key, rule: '' })).not.toBe(recorder.obtain(key));
  });

  test('is bounded: what is beyond it counts together, and no request is lost', () => {
    const recorder = new RouteRecorder({ maxRules: 5, maxSeries: 3 });
    for (let rule = 0; rule < 100; rule++) {
      const tally = new ExchangeTally(unanswered);
      tally.begin(recorder.obtain({ side: 'outbound', service: 'orders', rule: `r${rule}` }), undefined);
      tally.tried(v1, false);
      tally.answered('ok', -1, 1);
    }
    const all = [...recorder.series()];
    expect(all.length).toBeLessThanOrEqual(4);
    expect([...recorder.rules()].length).toBeLessThanOrEqual(6);
    expect(all.reduce((sum, { ok }) => sum + ok, 0)).toBe(100);
    expect(all.find(({ key }) => key.service === OVERFLOW)?.ok).toBe(97);
  });
});
