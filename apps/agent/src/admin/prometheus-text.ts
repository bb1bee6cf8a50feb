import type { HistogramCounts, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { total } from '@tulle/mesh/histogram';
import type { AgentStatus } from './agent-status.ts';

type Labels = Readonly<Record<string, string>>;

/** Prometheus' text format 0.0.4. */
export function prometheusText(status: AgentStatus): string {
  const page = new Page();
  traffic(page, status.telemetry);
  const { stats, certificate } = status;
  page.family('tulle_connections', 'gauge', 'Open connections, by who opened them.');
  page.sample('tulle_connections', { side: 'callers' }, stats.accepted);
  page.sample('tulle_connections', { side: 'backends' }, stats.connected);
  page.single('tulle_active_requests', 'gauge', 'Requests in flight.', stats.activeRequests);
  page.single(
    'tulle_local_healthy',
    'gauge',
    'Whether the service accepts connections.',
    Number(status.localHealthy),
  );
  page.single(
    'tulle_api_connected',
    'gauge',
    'Whether there is a session with the API.',
    Number(status.connected),
  );
  page.single('tulle_ready', 'gauge', 'Whether the agent can serve.', Number(status.notReady.length === 0));
  page.single('tulle_config_revision', 'gauge', 'Revision of the mesh in force.', status.revision);
  page.single(
    'tulle_config_rejected',
    'gauge',
    'Resources the last push could not apply.',
    status.rejected.length,
  );
  if (certificate !== undefined) {
    const { notAfter, renewAt } = certificate;
    page.single(
      'tulle_certificate_expiry_seconds',
      'gauge',
      'When it expires (Unix time).',
      notAfter / 1_000,
    );
    page.single(
      'tulle_certificate_renewal_seconds',
      'gauge',
      'When it is renewed (Unix time).',
      renewAt / 1_000,
    );
  }
  const { user, system } = process.cpuUsage();
  page.single('process_cpu_seconds_total', 'counter', 'CPU time.', (user + system) / 1e6);
  page.single('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss());
  page.single(
    'process_start_time_seconds',
    'gauge',
    'When it started (Unix time).',
    status.startedAt / 1_000,
  );
  return page.text();
}

function traffic(page: Page, series: readonly SeriesCounters[]): void {
  page.family('tulle_requests_total', 'counter', 'Requests by edge, version and outcome.');
  for (const one of series) {
    const outcomes = {
      ok: one.ok,
      client_error: one.clientErrors,
      server_error: one.serverErrors,
      mesh_error: one.meshErrors,
    };
    for (const [outcome, count] of Object.entries(outcomes)) {
      page.sample('tulle_requests_total', { ...edge(one), outcome }, count);
    }
  }
  page.family('tulle_mesh_errors_total', 'counter', 'Requests the mesh itself failed, by code.');
  for (const one of series) {
    for (const [code, count] of Object.entries(one.meshErrorCodes)) {
      page.sample('tulle_mesh_errors_total', { ...edge(one), code }, count);
    }
  }
  const counters = [
    ['tulle_retries_total', 'Further attempts.', 'retries'],
    ['tulle_sent_bytes_total', 'Bytes sent to the destination.', 'bytesSent'],
    ['tulle_received_bytes_total', 'Bytes received from the destination.', 'bytesReceived'],
  ] as const;
  for (const [name, help, field] of counters) {
    page.family(name, 'counter', help);
    for (const one of series) page.sample(name, edge(one), one[field]);
  }
  page.family('tulle_request_duration_seconds', 'histogram', 'From the request to the end of its response.');
  for (const one of series) page.histogram('tulle_request_duration_seconds', edge(one), one.latency);
}

function edge({ side, source, destination, version, tls }: SeriesCounters): Labels {
  return { side, source, destination, version, tls: String(tls) };
}

class Page {
  readonly #lines: string[] = [];

  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  sample(name: string, labels: Labels, value: number): void {
    const text = Object.entries(labels).map(([label, content]) => `${label}="${escapeLabel(content)}"`);
    this.#lines.push(`${name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`);
  }

  single(name: string, type: 'counter' | 'gauge', help: string, value: number): void {
    this.family(name, type, help);
    this.sample(name, {}, value);
  }

  /** Every bound is a power of two of a millisecond, where a bucket of ours ends: the counts are exact. */
  histogram(name: string, labels: Labels, latency: HistogramCounts): void {
    const requests = total(latency);
    for (let power = -1; power <= 16; power++) {
      const below = latency.counts.slice(0, Math.max(0, power * 8 - latency.offset));
      const count = below.reduce((sum, one) => sum + one, latency.zero);
      this.sample(`${name}_bucket`, { ...labels, le: String(2 ** power / 1_000) }, count);
    }
    this.sample(`${name}_bucket`, { ...labels, le: '+Inf' }, requests);
    this.sample(`${name}_sum`, labels, latency.sum / 1_000);
    this.sample(`${name}_count`, labels, requests);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
