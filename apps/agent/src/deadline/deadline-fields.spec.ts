import { FIELD, fieldIdOf } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeoutLines, timeoutOfHead } from './deadline-fields.ts';
import { Deadlines } from './deadlines.ts';

function headOf(lines: string): RequestHead {
  const head = new RequestHead(16);
  for (const line of lines.split(/(?<=\r\n)/).filter((text) => text !== '')) {
    const name = Buffer.from(line.slice(0, line.indexOf(':')));
    head.addLine(fieldIdOf(name, 0, name.length), line, name.length);
  }
  return head;
}

function deadlineOf(head: RequestHead, requestMs: number, startedAt: number): number {
  const deadlines = new Deadlines(startedAt);
  deadlines.begin({ requestMs, perTryMs: 0, idleMs: none }, head, startedAt);
  return deadlines.passedOn(false);
}

const none = Number.POSITIVE_INFINITY;

describe('the time a request allows', () => {
  it.each([
    ['', none],
    ['x-tulle-timeout-ms: 1500\r\n', 1_500],
    ['X-Tulle-Timeout-Ms: 1500\r\n', 1_500],
    ['x-tulle-timeout-ms: 0\r\n', 0],
    ['grpc-timeout: 2S\r\n', 2_000],
    ['grpc-timeout: 2S\r\nx-tulle-timeout-ms: 1500\r\n', 1_500],
    ['grpc-timeout: 1S\r\nx-tulle-timeout-ms: 1500\r\n', 1_000],
    ['x-tulle-timeout-ms: -1\r\n', none],
    ['x-tulle-timeout-ms: 1.5\r\n', none],
    ['x-tulle-timeout-ms: 10s\r\n', none],
    ['x-tulle-timeout-ms: 1234567890123\r\n', none],
    ['x-tulle-timeout-ms: 5\r\nx-tulle-timeout-ms: 6\r\n', none],
    ['grpc-timeout: 5\r\n', none],
    ['grpc-timeout: nonsense\r\nx-tulle-timeout-ms: 7\r\n', 7],
  ])('of %j is %d ms', (lines, ms) => {
    expect(timeoutOfHead(headOf(lines))).toBe(ms);
  });

  it('is read from a head that HTTP/1.1 cut', () => {
    expect(headOf('x-tulle-timeout-ms: 1\r\n').idAt(0)).toBe(FIELD.mesh);
  });

  it('shortens the limit of the policy, and never lengthens it', () => {
    expect(deadlineOf(headOf(''), 30_000, 100)).toBe(30_100);
    expect(deadlineOf(headOf('grpc-timeout: 1S\r\n'), 30_000, 100)).toBe(1_100);
    expect(deadlineOf(headOf('grpc-timeout: 1H\r\n'), 30_000, 100)).toBe(30_100);
    expect(deadlineOf(headOf('grpc-timeout: 1S\r\n'), 0, 100)).toBe(1_100);
    expect(deadlineOf(headOf(''), 0, 100)).toBe(none);
  });
});

describe('the time that is passed on', () => {
  it.each([
    [none, 5, false, ''],
    [30_000, 0.4, false, 'x-tulle-timeout-ms: 30000\r\n'],
    // A sum that is not exact: 4e-12 more than 20,000 is left.
    [12_784.963 + 20_000, 12_784.963, false, 'x-tulle-timeout-ms: 20000\r\n'],
    [30_000, 1, false, 'x-tulle-timeout-ms: 29999\r\n'],
    [1_000, 900, true, 'x-tulle-timeout-ms: 100\r\ngrpc-timeout: 100000u\r\n'],
    [1_000, 2_000, true, 'x-tulle-timeout-ms: 0\r\ngrpc-timeout: 1n\r\n'],
  ])('until %d at %d (gRPC: %s) is %j', (deadline, now, grpc, lines) => {
    expect(timeoutLines(deadline, now, grpc)).toBe(lines);
  });

  it('only ever shrinks along a chain', () => {
    const hop = fc.record({
      requestMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 })),
      startedAt: fc.double({ min: 0, max: 1e9, noNaN: true }),
      tookMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
      grpc: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 6 }), (hops) => {
        let lines = 'x-tulle-timeout-ms: 20000\r\n';
        let allowed = 20_000;
        for (const { requestMs, startedAt, tookMs, grpc } of hops) {
          const deadline = deadlineOf(headOf(lines), requestMs, startedAt);
          const leftMs = deadline - startedAt;
          // Times of a clock that has run for days are exact to a tenth of a microsecond.
          expect(leftMs).toBeLessThanOrEqual(allowed + 1e-6);
          if (requestMs > 0) expect(leftMs).toBeLessThanOrEqual(requestMs + 1e-6);
          lines = timeoutLines(deadline, startedAt + tookMs, grpc);
          const passedOn = timeoutOfHead(headOf(lines));
          expect(passedOn).toBeLessThanOrEqual(Math.max(1e-6, Math.ceil(leftMs - tookMs + 1e-6)));
          expect(passedOn).toBeLessThanOrEqual(Math.ceil(allowed));
          allowed = passedOn;
        }
      }),
    );
  });
});
