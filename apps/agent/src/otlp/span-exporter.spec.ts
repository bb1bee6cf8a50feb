import { expect, onTestFinished, test } from 'vitest';
import { OtlpReceiver } from './otlp-receiver.spec-support.ts';
import type { Span } from './span.ts';
import { SpanExporter, type SpanExporterOptions } from './span-exporter.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const resource = { service: 'web', version: 'v1', instance: 'web-1', agentVersion: '1.0.0' };

function spanNamed(name: string): Span {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: '',
    flags: 1,
    name,
    kind: 'client',
    startedAt: 1_700_000_000_000.25,
    endedAt: 1_700_000_000_010.5,
    isError: false,
    attributes: [['http.response.status_code', 200]],
  };
}

function exporterTo(endpoint: string, more: Partial<SpanExporterOptions> = {}): SpanExporter {
  const times = { gatherMs: 5, firstBackoffMs: 1 };
  const exporter = new SpanExporter({ endpoint, resource, logger: silent, ...times, ...more });
  onTestFinished(() => exporter.close(0));
  return exporter;
}

test('spans arrive as OTLP says, with what all have in common', async () => {
  const receiver = await OtlpReceiver.start();
  const exporter = exporterTo(receiver.url);
  for (const name of ['one', 'two']) exporter.add(spanNamed(name));
  await expect.poll(() => exporter.exported).toBe(2);
  expect(receiver.mistakes).toEqual([]);
  expect(receiver.attempts).toBe(1);
  expect(receiver.spans[0]).toMatchObject({
    name: 'one',
    kind: 3,
    startTimeUnixNano: '1700000000000250000',
    endTimeUnixNano: '1700000000010500000',
    resource: { 'service.name': 'web', 'service.version': 'v1', 'service.instance.id': 'web-1' },
    attributes: { 'http.response.status_code': 200 },
  });
  expect(receiver.spans[0]).not.toHaveProperty('parentSpanId');
});

test('the address of the collector may say the whole path', async () => {
  const receiver = await OtlpReceiver.start();
  const exporter = exporterTo(`${receiver.url}/v1/traces`);
  exporter.add(spanNamed('one'));
  await expect.poll(() => receiver.spans).toHaveLength(1);
  expect(receiver.mistakes).toEqual([]);
});

test.each([429, 503])('a collector that answers %i is asked again', async (status) => {
  const receiver = await OtlpReceiver.start((_request, response, attempt) => {
    if (attempt < 3) response.writeHead(status).end();
  });
  const exporter = exporterTo(receiver.url);
  exporter.add(spanNamed('one'));
  await expect.poll(() => exporter.exported).toBe(1);
  expect(receiver.attempts).toBe(3);
});

test('one that refuses is not asked again', async () => {
  const receiver = await OtlpReceiver.start((_request, response) => void response.writeHead(400).end());
  const exporter = exporterTo(receiver.url);
  exporter.add(spanNamed('one'));
  await expect.poll(() => exporter.failed).toBe(1);
  expect(receiver.attempts).toBe(1);
});

test('one that is not there, or never answers, costs a bounded queue, and the rest is counted', async () => {
  const gone = exporterTo('http://127.0.0.1:1');
  gone.add(spanNamed('one'));
  await expect.poll(() => gone.failed).toBe(1);
  const silentReceiver = await OtlpReceiver.start((_request, response) => {
    response.end = () => response;
    response.writeHead = () => response;
  });
  const exporter = exporterTo(silentReceiver.url, { maxWaiting: 10, timeoutMs: 60_000 });
  exporter.add(spanNamed('first'));
  await expect.poll(() => silentReceiver.attempts).toBe(1);
  for (let count = 0; count < 100; count++) exporter.add(spanNamed('more'));
  expect(exporter.dropped).toBe(90);
});

test('closing sends what waits', async () => {
  const receiver = await OtlpReceiver.start();
  const exporter = exporterTo(receiver.url, { gatherMs: 60_000 });
  exporter.add(spanNamed('one'));
  await exporter.close(5_000);
  expect(receiver.spans).toHaveLength(1);
});
