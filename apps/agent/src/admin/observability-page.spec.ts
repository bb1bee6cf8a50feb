import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestHead } from '@tulle/wire/http/message-head';
import { describe, expect, test } from 'vitest';
import { defaultLogFields, logFields } from '../access-log/log-fields.ts';
import { spanOfExchange } from '../otlp/span-of-exchange.ts';
import { ExchangeTally } from '../record/exchange-tally.ts';
import type { ObservedExchange } from '../record/observed-exchange.ts';
import { RouteRecorder } from '../record/route-recorder.ts';
import { Series } from '../record/series.ts';
import { metrics } from './metric-catalog.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/observability.md'), 'utf8');

/** The cells of every row of the table below the given first cell of its head. */
function rowsBelow(heading: string): string[][] {
  return page
    .split(/\n\n/)
    .filter((block) => block.startsWith(`| ${heading} |`))
    .flatMap((block) => block.split('\n').slice(2))
    .map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, -1));
}

describe('docs/observability.md', () => {
  test('has every metric with its type and its labels, and says what it means', () => {
    const rows = rowsBelow('metric');
    const documented = Object.fromEntries(rows.map(([name, type, labels]) => [name, { type, labels }]));
    const there = Object.entries(metrics).map(([name, { type, labels }]) => [
      name,
      { type, labels: labels.length === 0 ? 'none' : labels.join(', ') },
    ]);
    expect(documented).toEqual(Object.fromEntries(there));
    expect(rows).toHaveLength(there.length);
    for (const [, , , meaning] of rows) expect(meaning).not.toBe('');
  });

  test('has every field of the access log, and which are written by default', () => {
    const documented = rowsBelow('field').map(([name, byDefault]) => [name, byDefault]);
    const defaults: readonly string[] = defaultLogFields;
    const there = Object.keys(logFields).map((name) => [name, defaults.includes(name) ? 'yes' : 'no']);
    expect(documented).toEqual(there);
  });

  test('has every attribute of spans', () => {
    const documented = rowsBelow('attribute').map(([name]) => name);
    const there = [exchangeOf('PURGE', -1), exchangeOf('POST', 14)].flatMap((exchange) => {
      const trace = { fields: 'keep', line: '', traceparent: '', parentSpan: '' } as const;
      return spanOfExchange(exchange, trace, 1, 0).attributes.map(([name]) => name);
    });
    expect(documented.toSorted()).toEqual([...new Set(there)].sort());
  });
});

/** One that has everything that leaves an attribute. */
function exchangeOf(method: string, grpcStatus: number): ObservedExchange {
  const head = new RequestHead(1);
  head.method = method;
  head.path = '/shop.Orders/List?all=1';
  const series = new Series({ side: 'outbound', source: '', destination: 'web', version: 'v1', tls: false });
  const tally = new ExchangeTally(series);
  const record = new RouteRecorder().obtain({ side: 'outbound', service: 'web', rule: 'all' });
  const endpoint = { id: 'web-1', version: 'v1', host: '127.0.0.1', port: 80, tls: false };
  tally.tries = 2;
  tally.backend = { endpoint, series } as Partial<ExchangeTally['backend']> as ExchangeTally['backend'];
  const decision = { service: 'web', rule: 'all', isLocal: false, record };
  return {
    head,
    isGrpc: grpcStatus >= 0,
    startedAt: 0,
    source: 'shop',
    status: 500,
    grpcStatus,
    failure: undefined,
    detail: 'all there is to say',
    decision: decision as Partial<ObservedExchange['decision']> as ObservedExchange['decision'],
    trace: undefined,
    tally,
    answerFields: undefined,
  };
}
