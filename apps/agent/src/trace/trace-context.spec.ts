import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSampled, isTraceparent, spanIdOf, traceIdOf, traceOf } from './trace-context.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';

function headWith(traceparent: string | undefined): RequestHead {
  const head = new RequestHead(4);
  if (traceparent !== undefined) {
    head.addLine(FIELD.traceparent, `traceparent: ${traceparent}\r\n`, 'traceparent'.length);
  }
  return head;
}

test.each([
  [`00-${trace}-${parent}-01`, true],
  [`00-${trace}-${parent}-00`, true],
  [`cc-${trace}-${parent}-01`, true],
  [`cc-${trace}-${parent}-01-what.the.future.brings`, true],
  [`cc-${trace}-${parent}-01.what`, false],
  [`00-${trace}-${parent}-01-more`, false],
  [`ff-${trace}-${parent}-01`, false],
  [`00-${'0'.repeat(32)}-${parent}-01`, false],
  [`00-${trace}-${'0'.repeat(16)}-01`, false],
  [`00-${trace.toUpperCase()}-${parent}-01`, false],
  [`00-${trace}-${parent}-0g`, false],
  [`g0-${trace}-${parent}-01`, false],
  [`00-${trace.replace('4', '/')}-${parent}-01`, false],
  [`00-${trace.replace('4', ':')}-${parent}-01`, false],
  [`00-${trace.replace('4', '`')}-${parent}-01`, false],
  [`00-${trace}.${parent}-01`, false],
  [`00-${trace}-${parent}-0`, false],
  ['', false],
])('%s is a trace context: %s', (value, valid) => {
  expect(isTraceparent(value)).toBe(valid);
});

test('without an exporter what came is passed on, sampled or not', () => {
  for (const flags of ['00', '01']) {
    const came = `00-${trace}-${parent}-${flags}`;
    expect(traceOf(headWith(came), 100, false)).toMatchObject({
      fields: 'keep',
      line: '',
      traceparent: came,
    });
  }
});

test('without an exporter a trace that begins here has no span here', () => {
  expect(traceOf(headWith(undefined), 100, false)).toMatchObject({
    fields: 'restart',
    parentSpan: undefined,
  });
});

test('the ids of a trace and of a span are read as they stand', () => {
  const came = `00-${trace}-${parent}-01`;
  expect([traceIdOf(came), spanIdOf(came)]).toEqual([trace, parent]);
});

test('a sampled request gets a span of its own, which is the parent of whoever is called', () => {
  const begun = traceOf(headWith(`00-${trace}-${parent}-03`), 0, true);
  expect(begun).toMatchObject({ fields: 'replace', parentSpan: parent });
  expect(begun.line).toBe(`traceparent: ${begun.traceparent}\r\n`);
  expect(traceIdOf(begun.traceparent)).toBe(trace);
  expect(spanIdOf(begun.traceparent)).not.toBe(parent);
  expect(begun.traceparent.endsWith('-03')).toBe(true);
});

test('of a later version only what is known is passed on', () => {
  const begun = traceOf(headWith(`cc-${trace}-${parent}-fd-what`), 0, true);
  expect(begun.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test('a request that is not sampled keeps its parent', () => {
  const came = `00-${trace}-${parent}-02`;
  expect(traceOf(headWith(came), 100, true)).toMatchObject({ fields: 'keep', parentSpan: undefined });
});

test('where there is no trace, or a broken one, one begins: sampled as often as was asked for', () => {
  for (const came of [undefined, 'nonsense', `ff-${trace}-${parent}-01`]) {
    const all = traceOf(headWith(came), 100, true);
    expect(all).toMatchObject({ fields: 'restart', parentSpan: '' });
    expect(all.traceparent.endsWith('-03')).toBe(true);
    const none = traceOf(headWith(came), 0, true);
    expect(none).toMatchObject({ fields: 'restart', parentSpan: undefined });
    expect(none.traceparent.endsWith('-02')).toBe(true);
  }
  const sampled = Array.from({ length: 20_000 }, () => traceOf(headWith(undefined), 10, false)).filter(
    ({ traceparent }) => isSampled(traceparent),
  ).length;
  expect(sampled).toBeGreaterThan(1_700);
  expect(sampled).toBeLessThan(2_300);
});

test('whatever came, what is sent on is a trace context, and ids do not repeat', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.option(fc.string(), { nil: undefined }), fc.boolean(), (came, makesSpans) => {
      const { traceparent } = traceOf(headWith(came), 50, makesSpans);
      expect(isTraceparent(traceparent)).toBe(true);
      expect(seen.has(traceparent)).toBe(false);
      seen.add(traceparent);
    }),
    { numRuns: 2_000 },
  );
});
