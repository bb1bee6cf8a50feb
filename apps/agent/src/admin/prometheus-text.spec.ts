import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram } from '@tulle/mesh/histogram';
import { expect, test } from 'vitest';
import type { Measurements } from '../record/measurements.ts';
import { noMeasurements } from '../record/sum-measurements.ts';
import type { AgentStatus } from './agent-status.ts';
import { prometheusText } from './prometheus-text.ts';

const latency = new Histogram();
for (const ms of [0.4, 1, 3, 3.9, 100]) latency.record(ms);

const series: SeriesCounters = {
  side: 'outbound',
  source: 'web',
  destination: 'or"ders\\\n',
  version: 'v1',
  tls: true,
  requests: 5,
  ok: 3,
  clientErrors: 0,
  serverErrors: 1,
  meshErrors: 1,
  meshErrorCodes: { connect_failed: 1 },
  retries: 2,
  bytesSent: 10,
  bytesReceived: 20,
  latency: latency.counts(),
};

const status: AgentStatus = {
  self: { service: 'web', version: 'v1', instance: 'web-1' },
  version: '0',
  startedAt: 0,
  notReady: ['no configuration'],
  connected: false,
  revision: 7,
  rejected: [],
  certificate: undefined,
  stats: { accepted: 1, connected: 2, activeRequests: 3, localHealthy: true, draining: false, endpoints: [] },
  localHealthy: true,
  telemetry: [series],
  formerEpochs: 0,
};

const measured: Measurements = {
  ...noMeasurements,
  overload: {
    concurrency: { limit: 40, inFlight: 7, baselineMs: 12.5, refused: [0, 1, 2, 3] },
    memory: { pressure: 2, refused: [0, 0, 0, 4] },
  },
  healthChecks: { ok: 8, failed: 1 },
};

const text = prometheusText(status, measured);
const edge = 'side="outbound",source="web",destination="or\\"ders\\\\\\n",version="v1",tls="true"';

test('labels are escaped, outcomes and error codes are labels', () => {
  expect(text).toContain(`tulle_requests_total{${edge},outcome="server_error"} 1`);
  expect(text).toContain(`tulle_mesh_errors_total{${edge},code="connect_failed"} 1`);
});

test('buckets are cumulative and exact at powers of two', () => {
  expect(text).toContain(`_bucket{${edge},le="0.0005"} 1`);
  expect(text).toContain(`_bucket{${edge},le="0.001"} 2`);
  expect(text).toContain(`_bucket{${edge},le="0.002"} 2`);
  expect(text).toContain(`_bucket{${edge},le="0.004"} 4`);
  expect(text).toContain(`_bucket{${edge},le="0.128"} 5`);
  expect(text).toContain(`_bucket{${edge},le="+Inf"} 5`);
});

test('every sample belongs to a family that was announced', () => {
  const families = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const name = /^[a-z_]+/.exec(line)?.[0] ?? '';
    expect(families).toContain(name.replace(/_(bucket|sum|count)$/, ''));
  }
});

test('what is done about too much load is told by priority', () => {
  const lines = text.split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'tulle_concurrency_limit 40',
      'tulle_concurrency_active_requests 7',
      'tulle_concurrency_baseline_seconds 0.0125',
      'tulle_shed_requests_total{reason="concurrency",priority="critical"} 0',
      'tulle_shed_requests_total{reason="concurrency",priority="least"} 3',
      'tulle_shed_requests_total{reason="memory",priority="least"} 4',
      'tulle_memory_pressure 2',
      'tulle_health_checks_total{result="failed"} 1',
    ]),
  );
});
