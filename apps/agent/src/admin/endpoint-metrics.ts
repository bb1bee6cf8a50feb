import type { EndpointStats } from '../data-plane.ts';
import type { PrometheusPage } from './prometheus-page.ts';

/** A fleet larger than this is looked at by version; /endpoints still says all. */
const MAX_ENDPOINTS = 500;

const states = ['available', 'warming', 'unhealthy', 'ejected', 'connecting-failed', 'draining'] as const;

export function writeEndpoints(page: PrometheusPage, all: readonly EndpointStats[]): void {
  const endpoints = all.slice(0, MAX_ENDPOINTS);
  const state = page.family('tulle_endpoint_state');
  for (const one of endpoints) {
    for (const name of states) state.add([...labelsOf(one), name], Number(one.state === name));
  }
  const ejections = page.family('tulle_endpoint_ejections_total');
  for (const one of endpoints) ejections.add(labelsOf(one), one.ejections ?? 0);
  const tries = page.family('tulle_endpoint_tries_total');
  for (const one of endpoints) {
    tries.add([...labelsOf(one), 'ok'], one.tries - one.failedTries);
    tries.add([...labelsOf(one), 'failed'], one.failedTries);
  }
  const connects = page.family('tulle_endpoint_failed_connects_total');
  for (const one of endpoints) connects.add(labelsOf(one), one.failedConnects);
  const active = page.family('tulle_endpoint_active_requests');
  for (const one of endpoints) active.add(labelsOf(one), one.active);
  const pending = page.family('tulle_endpoint_pending_requests');
  for (const one of endpoints) pending.add(labelsOf(one), one.pending);
  const connections = page.family('tulle_endpoint_connections');
  for (const one of endpoints) {
    connections.add([...labelsOf(one), 'busy'], one.connections - one.idle);
    connections.add([...labelsOf(one), 'idle'], one.idle);
  }
  const latency = page.family('tulle_endpoint_latency_seconds');
  for (const one of endpoints) latency.add(labelsOf(one), one.latencyMs / 1_000);
  page.single('tulle_endpoints_omitted', all.length - endpoints.length);
}

function labelsOf({ service, endpoint, version }: EndpointStats): readonly string[] {
  return [service, endpoint, version];
}
