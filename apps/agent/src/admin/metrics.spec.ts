import { routeRulesSchema } from '@tulle/mesh/route';
import { expect, test } from 'vitest';
import type { DataPlane } from '../data-plane.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';
import type { AgentStatus } from './agent-status.ts';
import { metrics } from './metric-catalog.ts';
import { prometheusText } from './prometheus-text.ts';

function pageOf(plane: DataPlane): string {
  const status: AgentStatus = {
    self: { service: 'caller', version: 'v1', instance: 'caller-1' },
    version: '0',
    startedAt: 0,
    notReady: [],
    connected: true,
    revision: 1,
    rejected: [],
    certificate: undefined,
    stats: plane.stats(),
    localHealthy: true,
    telemetry: plane.telemetry(),
    formerEpochs: 0,
  };
  return prometheusText(status, plane.measurements());
}

/** Value of the only sample of a metric that has all these labels. */
function sampleOf(page: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const found = page.split('\n').filter((line) => {
    const [own = ''] = line.split(/[{ ]/, 1);
    return own === name && pairs.every((pair) => line.includes(pair));
  });
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0] === undefined ? undefined : Number(found[0].slice(found[0].lastIndexOf(' ') + 1));
}

const v1 = { side: 'outbound', service: 'web', destination: 'web', version: 'v1' };

test('success as callers see it and success of each try differ by what retries saved', async () => {
  let asked = 0;
  const service = await startService((_request, response) => {
    asked++;
    response.statusCode = asked % 2 === 1 ? 503 : 200;
    response.end('x'.repeat(1_000));
  });
  const retries = { attempts: 2, on: ['server-error' as const], backoffBaseMs: 0, budgetMinPerSecond: 100 };
  const outlierDetection = { consecutiveFailures: 0 };
  const view = viewOf('web', [{ port: service }], { policy: { retries, outlierDetection } });
  const { plane, port } = await startOutbound([view]);
  for (let count = 0; count < 5; count++) expect((await call(port, {})).status).toBe(200);
  const page = pageOf(plane);
  expect(sampleOf(page, 'tulle_route_requests_total', { ...v1, outcome: 'ok' })).toBe(5);
  expect(sampleOf(page, 'tulle_route_requests_total', { ...v1, outcome: 'server_error' })).toBe(0);
  expect(sampleOf(page, 'tulle_route_tries_total', { ...v1, result: 'ok' })).toBe(5);
  expect(sampleOf(page, 'tulle_route_tries_total', { ...v1, result: 'failed' })).toBe(5);
  expect(sampleOf(page, 'tulle_route_retried_requests_total', { ...v1, result: 'ok' })).toBe(5);
  expect(sampleOf(page, 'tulle_endpoint_tries_total', { service: 'web', result: 'failed' })).toBe(5);
  expect(sampleOf(page, 'tulle_route_duration_seconds_count', v1)).toBe(5);
  expect(sampleOf(page, 'tulle_route_first_byte_seconds_count', v1)).toBe(5);
  expect(sampleOf(page, 'tulle_route_received_bytes_total', v1)).toBeGreaterThan(5_000);
  expect(sampleOf(page, 'tulle_route_active_requests', v1)).toBe(0);
  expect(
    sampleOf(page, 'tulle_protocol_connections', { side: 'backends', protocol: 'http1' }),
  ).toBeGreaterThan(0);
});

test('rules count by their names, those without one by their place', async () => {
  const service = await startService((_request, response) => response.end('hello'));
  const rules = routeRulesSchema.parse([
    {
      name: 'broken',
      matches: [{ path: { type: 'PathPrefix', value: '/broken' } }],
      filters: [{ type: 'Fault', fault: { abort: { percent: 100, status: 418 } } }],
    },
    {
      matches: [{ path: { type: 'PathPrefix', value: '/few' } }],
      filters: [{ type: 'RateLimit', rateLimit: { requests: 1, perMs: 3_600_000 } }],
    },
  ]);
  const { plane, port } = await startOutbound([viewOf('web', [{ port: service }], { rules })]);
  for (const path of ['/broken', '/few', '/few', '/other']) await call(port, { path });
  const page = pageOf(plane);
  const codes = 'tulle_route_errors_total';
  expect(sampleOf(page, codes, { rule: 'broken', code: 'fault_injected' })).toBe(1);
  expect(sampleOf(page, codes, { rule: '#2', code: 'rate_limited', version: '' })).toBe(1);
  expect(sampleOf(page, 'tulle_route_requests_total', { rule: '#2', version: 'v1', outcome: 'ok' })).toBe(1);
  expect(sampleOf(page, 'tulle_route_requests_total', { rule: '', version: 'v1', outcome: 'ok' })).toBe(1);
  expect(sampleOf(page, 'tulle_rule_faults_total', { rule: 'broken', fault: 'abort' })).toBe(1);
  expect(sampleOf(page, 'tulle_rate_limit_refused_total', { service: 'web' })).toBe(1);
});

test('limits, budgets and states are shown', async () => {
  const service = await startService((_request, response) => response.end('hello'));
  const view = viewOf('web', [{ port: service }], { policy: { connections: { maxRequests: 7 } } });
  const { plane, port } = await startOutbound([view]);
  await call(port, {});
  const page = pageOf(plane);
  expect(sampleOf(page, 'tulle_circuit_max_requests', { service: 'web' })).toBe(7);
  expect(sampleOf(page, 'tulle_circuit_open', { service: 'web' })).toBe(0);
  expect(sampleOf(page, 'tulle_retry_budget_left', { service: 'web' })).toBeGreaterThan(0);
  expect(sampleOf(page, 'tulle_endpoint_state', { service: 'web', state: 'available' })).toBe(1);
  expect(sampleOf(page, 'tulle_endpoint_state', { service: 'web', state: 'ejected' })).toBe(0);
});

test('every sample has the labels of the catalog, stands once, and below its own heading', async () => {
  const service = await startService((_request, response) => response.end('hello'));
  const { plane, port } = await startOutbound([viewOf('web', [{ port: service }])]);
  await call(port, {});
  let family = '';
  const seen = new Set<string>();
  for (const line of pageOf(plane).trimEnd().split('\n')) {
    const heading = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (heading !== null) {
      family = heading[1] as string;
      expect(metrics[family as keyof typeof metrics].type).toBe(heading[2]);
    }
    if (line.startsWith('#')) continue;
    const [, name = '', labels = ''] = /^([a-z0-9_]+)(?:\{(.*)\})? [-+.e0-9]+$/.exec(line) ?? [];
    expect(name.replace(/_(bucket|sum|count)$/, '')).toBe(family.replace(/_(bucket|sum|count)$/, ''));
    const names = [...labels.matchAll(/([a-z_]+)="/g)]
      .map(([, label]) => label)
      .filter((label) => label !== 'le');
    expect(names).toEqual([...metrics[family as keyof typeof metrics].labels]);
    const sample = line.slice(0, line.lastIndexOf(' '));
    expect(seen.has(sample)).toBe(false);
    seen.add(sample);
  }
  expect(seen.size).toBeGreaterThan(50);
});
