import type { RouteCounts, RuleCounts } from '../record/measurements.ts';
import type { PrometheusPage } from './prometheus-page.ts';

/** What each rule sent to each version, as callers see it and as each try went. */
export function writeRoutes(page: PrometheusPage, routes: readonly RouteCounts[]): void {
  writeOutcomes(page, routes);
  writeTries(page, routes);
  for (const [name, field] of [
    ['tulle_route_sent_bytes_total', 'bytesSent'],
    ['tulle_route_received_bytes_total', 'bytesReceived'],
    ['tulle_route_active_requests', 'active'],
  ] as const) {
    const family = page.family(name);
    for (const route of routes) family.add(labelsOf(route), route[field]);
  }
  const firstByte = page.family('tulle_route_first_byte_seconds');
  for (const route of routes) firstByte.addHistogram(labelsOf(route), route.firstByte);
  const duration = page.family('tulle_route_duration_seconds');
  for (const route of routes) duration.addHistogram(labelsOf(route), route.duration);
}

function writeOutcomes(page: PrometheusPage, routes: readonly RouteCounts[]): void {
  const requests = page.family('tulle_route_requests_total');
  for (const route of routes) {
    const labels = labelsOf(route);
    const meshErrors = sumOf(Object.values(route.errors));
    requests.add([...labels, 'ok'], route.ok);
    requests.add([...labels, 'client_error'], route.clientErrors);
    requests.add([...labels, 'server_error'], route.serverErrors);
    requests.add([...labels, 'mesh_error'], meshErrors);
  }
  const errors = page.family('tulle_route_errors_total');
  for (const route of routes) {
    for (const [code, count] of Object.entries(route.errors)) errors.add([...labelsOf(route), code], count);
  }
  const statuses = page.family('tulle_route_grpc_status_total');
  for (const route of routes) {
    for (const [status, count] of route.grpcStatuses.entries()) {
      if (count > 0) statuses.add([...labelsOf(route), String(status)], count);
    }
  }
}

function writeTries(page: PrometheusPage, routes: readonly RouteCounts[]): void {
  const tries = page.family('tulle_route_tries_total');
  for (const route of routes) {
    const labels = labelsOf(route);
    tries.add([...labels, 'ok'], route.triedWell);
    tries.add([...labels, 'failed'], route.failedTries);
  }
  const retried = page.family('tulle_route_retried_requests_total');
  for (const route of routes) {
    const labels = labelsOf(route);
    retried.add([...labels, 'ok'], route.retriedOk);
    retried.add([...labels, 'failed'], route.retried - route.retriedOk);
  }
}

/** What rules did of themselves; only those that did anything. */
export function writeRules(page: PrometheusPage, rules: readonly RuleCounts[]): void {
  const faults = page.family('tulle_rule_faults_total');
  for (const rule of rules) {
    if (rule.delayed > 0) faults.add([...ruleLabels(rule), 'delay'], rule.delayed);
    if (rule.aborted > 0) faults.add([...ruleLabels(rule), 'abort'], rule.aborted);
  }
  const mirrored = page.family('tulle_rule_mirrored_total');
  for (const rule of rules) {
    if (rule.mirrored === 0) continue;
    mirrored.add([...ruleLabels(rule), 'sent'], rule.mirrored);
    mirrored.add([...ruleLabels(rule), 'dropped'], rule.mirrorsDropped);
  }
  const refused = page.family('tulle_rule_retries_refused_total');
  for (const rule of rules) {
    if (rule.retriesRefused > 0) refused.add(ruleLabels(rule), rule.retriesRefused);
  }
}

function labelsOf({ key }: RouteCounts): readonly string[] {
  return [key.side, key.service, key.rule, key.destination, key.version];
}

function ruleLabels({ key }: RuleCounts): readonly string[] {
  return [key.side, key.service, key.rule];
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
