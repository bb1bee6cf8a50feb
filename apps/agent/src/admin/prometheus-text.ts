import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { failedWrites } from '../config-store/latest-writer.ts';
import type { DataPlaneStats } from '../data-plane.ts';
import { workerFailures } from '../lifecycle/worker-failures.ts';
import type { Measurements } from '../record/measurements.ts';
import type { ObservabilityCounts } from '../record/observability.ts';
import { usedBy } from '../report/process-gauges.ts';
import type { AgentStatus } from './agent-status.ts';
import { writeEndpoints } from './endpoint-metrics.ts';
import { writeOverload } from './overload-metrics.ts';
import { PrometheusPage } from './prometheus-page.ts';
import { writeRoutes, writeRules } from './route-metrics.ts';

/** The page of metrics: everything there is of the catalog, with those values that are there. */
export function prometheusText(status: AgentStatus, measured: Measurements): string {
  const page = new PrometheusPage();
  writeEdges(page, status.telemetry);
  writeRoutes(page, measured.routes);
  writeRules(page, measured.rules);
  writeEndpoints(page, status.stats.endpoints);
  writeLimits(page, measured);
  writeOverload(page, measured.overload);
  writeConnections(page, status.stats, measured);
  writeChecks(page, measured);
  writeAgent(page, status);
  return page.text();
}

function writeEdges(page: PrometheusPage, series: readonly SeriesCounters[]): void {
  const requests = page.family('tulle_requests_total');
  for (const one of series) {
    requests.add([...edgeOf(one), 'ok'], one.ok);
    requests.add([...edgeOf(one), 'client_error'], one.clientErrors);
    requests.add([...edgeOf(one), 'server_error'], one.serverErrors);
    requests.add([...edgeOf(one), 'mesh_error'], one.meshErrors);
  }
  const errors = page.family('tulle_mesh_errors_total');
  for (const one of series) {
    for (const [code, count] of Object.entries(one.meshErrorCodes)) errors.add([...edgeOf(one), code], count);
  }
  for (const [name, field] of [
    ['tulle_retries_total', 'retries'],
    ['tulle_sent_bytes_total', 'bytesSent'],
    ['tulle_received_bytes_total', 'bytesReceived'],
  ] as const) {
    const family = page.family(name);
    for (const one of series) family.add(edgeOf(one), one[field]);
  }
  const duration = page.family('tulle_request_duration_seconds');
  for (const one of series) duration.addHistogram(edgeOf(one), one.latency);
}

function edgeOf({ side, source, destination, version, tls }: SeriesCounters): readonly string[] {
  return [side, source, destination, version, String(tls)];
}

function writeLimits(page: PrometheusPage, { circuits, rateLimits, retryBudgets }: Measurements): void {
  const active = page.family('tulle_circuit_active_requests');
  for (const one of circuits) active.add([one.service], one.active);
  const max = page.family('tulle_circuit_max_requests');
  for (const one of circuits) max.add([one.service], one.max);
  const open = page.family('tulle_circuit_open');
  for (const one of circuits) open.add([one.service], Number(one.open));
  const refused = page.family('tulle_rate_limit_refused_total');
  for (const one of rateLimits) refused.add([one.service, one.limit], one.refused);
  const budget = page.family('tulle_retry_budget_left');
  for (const { service, left } of retryBudgets) budget.add([service], left);
}

function writeConnections(page: PrometheusPage, stats: DataPlaneStats, measured: Measurements): void {
  const connections = page.family('tulle_connections');
  connections.add(['callers'], stats.accepted);
  connections.add(['backends'], stats.connected);
  const byProtocol = page.family('tulle_protocol_connections');
  for (const { side, protocol, count } of measured.connections) byProtocol.add([side, protocol], count);
  const turnedAway = page.family('tulle_connections_refused_total');
  for (const [reason, count] of Object.entries(measured.refusedConnections)) turnedAway.add([reason], count);
  const refused = page.family('tulle_http2_refused_total');
  for (const [reason, count] of Object.entries(measured.http2Refusals)) refused.add([reason], count);
  page.single('tulle_active_requests', stats.activeRequests);
  writeObservability(page, measured.observability);
  const answers = page.family('tulle_dns_answers_total');
  const { dns } = stats.names ?? {};
  if (dns === undefined) return;
  answers.add(['answered'], dns.answered);
  answers.add(['not_found'], dns.notFound);
  answers.add(['refused'], dns.refused);
}

function writeObservability(page: PrometheusPage, { accessLog, spans }: ObservabilityCounts): void {
  const lines = page.family('tulle_access_log_lines_total');
  lines.add(['written'], accessLog.written);
  lines.add(['dropped'], accessLog.dropped);
  lines.add(['withheld'], accessLog.withheld);
  const made = page.family('tulle_spans_total');
  if (spans === undefined) return;
  made.add(['exported'], spans.exported);
  made.add(['dropped'], spans.dropped);
  made.add(['failed'], spans.failed);
}

function writeChecks(page: PrometheusPage, { healthChecks: { ok, failed } }: Measurements): void {
  const checks = page.family('tulle_health_checks_total');
  checks.add(['ok'], ok);
  checks.add(['failed'], failed);
}

function writeAgent(page: PrometheusPage, status: AgentStatus): void {
  const { certificate } = status;
  page.single('tulle_local_healthy', Number(status.localHealthy));
  page.single('tulle_api_connected', Number(status.connected));
  page.single('tulle_ready', Number(status.notReady.length === 0));
  page.single('tulle_config_revision', status.revision);
  page.single('tulle_config_rejected', status.rejected.length);
  if (certificate !== undefined) {
    page.single('tulle_certificate_expiry_seconds', certificate.notAfter / 1_000);
    page.single('tulle_certificate_renewal_seconds', certificate.renewAt / 1_000);
  }
  page.single('tulle_store_failures_total', failedWrites.count);
  const failures = page.family('tulle_worker_failures_total');
  failures.add(['ended'], workerFailures.ended);
  failures.add(['hung'], workerFailures.hung);
  const { cpuMs, rssBytes } = usedBy(status.stats);
  page.single('process_cpu_seconds_total', cpuMs / 1_000);
  page.single('process_resident_memory_bytes', rssBytes);
  page.single('process_start_time_seconds', status.startedAt / 1_000);
}
