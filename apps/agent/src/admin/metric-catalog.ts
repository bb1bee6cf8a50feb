type MetricType = 'counter' | 'gauge' | 'histogram';

export interface Metric {
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
}

const edge = ['side', 'source', 'destination', 'version', 'tls'] as const;
const route = ['side', 'service', 'rule', 'destination', 'version'] as const;
const rule = ['side', 'service', 'rule'] as const;
const endpoint = ['service', 'endpoint', 'version'] as const;

function counter(labels: readonly string[], help: string): Metric {
  return { type: 'counter', labels, help };
}

function gauge(labels: readonly string[], help: string): Metric {
  return { type: 'gauge', labels, help };
}

function histogram(labels: readonly string[], help: string): Metric {
  return { type: 'histogram', labels, help };
}

/** Every metric of the agent, in the order they are printed; docs/observability.md says the same. */
export const metrics = {
  tulle_requests_total: counter([...edge, 'outcome'], 'Requests by edge, version and outcome.'),
  tulle_mesh_errors_total: counter([...edge, 'code'], 'Requests the mesh itself failed, by code.'),
  tulle_retries_total: counter(edge, 'Further attempts.'),
  tulle_sent_bytes_total: counter(edge, 'Bytes sent to the destination.'),
  tulle_received_bytes_total: counter(edge, 'Bytes received from the destination.'),
  tulle_request_duration_seconds: histogram(edge, 'From the request to the end of its response.'),

  tulle_route_requests_total: counter(
    [...route, 'outcome'],
    'Requests by rule, version and outcome: success as callers see it.',
  ),
  tulle_route_errors_total: counter([...route, 'code'], 'Requests the mesh itself failed, by code.'),
  tulle_route_grpc_status_total: counter(
    [...route, 'grpc_status'],
    'Calls of gRPC that were answered, by status.',
  ),
  tulle_route_tries_total: counter([...route, 'result'], 'Tries that ended: success as the service gave it.'),
  tulle_route_retried_requests_total: counter([...route, 'result'], 'Requests that took more than one try.'),
  tulle_route_sent_bytes_total: counter(route, 'Bytes sent on.'),
  tulle_route_received_bytes_total: counter(route, 'Bytes passed back.'),
  tulle_route_active_requests: gauge(route, 'Requests and streams in flight.'),
  tulle_route_first_byte_seconds: histogram(route, 'From the request to the head of its response.'),
  tulle_route_duration_seconds: histogram(route, 'From the request to the end of its response.'),
  tulle_rule_faults_total: counter([...rule, 'fault'], 'Faults injected.'),
  tulle_rule_mirrored_total: counter(
    [...rule, 'result'],
    'Copies of requests, and those of them that were given up.',
  ),
  tulle_rule_retries_refused_total: counter(rule, 'Tries the retry budget did not allow.'),

  tulle_endpoint_state: gauge(
    [...endpoint, 'state'],
    'The state the endpoint is in: 1 for the one that holds.',
  ),
  tulle_endpoint_ejections_total: counter(endpoint, 'How often the endpoint was left out for its answers.'),
  tulle_endpoint_tries_total: counter([...endpoint, 'result'], 'Tries given to the endpoint.'),
  tulle_endpoint_failed_connects_total: counter(endpoint, 'Attempts to connect that failed.'),
  tulle_endpoint_active_requests: gauge(endpoint, 'Requests and streams in flight.'),
  tulle_endpoint_pending_requests: gauge(endpoint, 'Requests that wait for a connection.'),
  tulle_endpoint_connections: gauge([...endpoint, 'state'], 'Connections, busy and idle.'),
  tulle_endpoint_latency_seconds: gauge(endpoint, 'What balancing believes of its latency.'),
  tulle_endpoints_omitted: gauge([], 'Endpoints left out of this page beyond the first 500.'),

  tulle_circuit_active_requests: gauge(['service'], 'Requests that the limit on requests in flight counts.'),
  tulle_circuit_max_requests: gauge(['service'], 'That limit.'),
  tulle_circuit_open: gauge(['service'], 'Whether the next request would be refused.'),
  tulle_rate_limit_refused_total: counter(['service', 'limit'], 'Requests beyond a rate limit.'),
  tulle_concurrency_limit: gauge([], 'Requests the service may have at once, as its latency says.'),
  tulle_concurrency_active_requests: gauge([], 'Requests in flight that the limit counts.'),
  tulle_concurrency_baseline_seconds: gauge(
    [],
    'Latency of the service without load, as it is believed to be.',
  ),
  tulle_shed_requests_total: counter(['reason', 'priority'], 'Requests refused for too much load.'),
  tulle_memory_pressure: gauge([], 'How scarce memory is, from 0 to 6.'),
  tulle_retry_budget_left: gauge(['service'], 'Retries that may be given now.'),

  tulle_connections: gauge(['side'], 'Open connections, by who opened them.'),
  tulle_protocol_connections: gauge(['side', 'protocol'], 'Open connections by protocol.'),
  tulle_connections_refused_total: counter(['reason'], 'Connections of callers that were closed at once.'),
  tulle_http2_refused_total: counter(['reason'], 'Streams and sessions of HTTP/2 refused, by reason.'),
  tulle_active_requests: gauge([], 'Requests in flight.'),
  tulle_dns_answers_total: counter(['result'], 'Questions of DNS for names of the mesh.'),
  tulle_access_log_lines_total: counter(['result'], 'Lines of the access log.'),
  tulle_spans_total: counter(['result'], 'Spans made.'),

  tulle_health_checks_total: counter(['result'], 'Active checks by other agents, counted nowhere else.'),
  tulle_local_healthy: gauge([], 'Whether the service accepts connections.'),
  tulle_api_connected: gauge([], 'Whether there is a session with the API.'),
  tulle_ready: gauge([], 'Whether the agent can serve.'),
  tulle_config_revision: gauge([], 'Revision of the mesh in force.'),
  tulle_config_rejected: gauge([], 'Resources the last push could not apply.'),
  tulle_certificate_expiry_seconds: gauge([], 'When it expires (Unix time).'),
  tulle_certificate_renewal_seconds: gauge([], 'When it is renewed (Unix time).'),
  tulle_store_failures_total: counter([], 'Writes to the data directory that failed.'),
  tulle_worker_failures_total: counter(['reason'], 'Workers that ended unasked, or hung and were killed.'),
  process_cpu_seconds_total: counter([], 'CPU time.'),
  process_resident_memory_bytes: gauge([], 'Resident memory.'),
  process_start_time_seconds: gauge([], 'When it started (Unix time).'),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
