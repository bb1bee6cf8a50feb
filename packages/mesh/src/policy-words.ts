import { countOf, formatCount, formatMs, formatPercent } from './format.ts';
import type { PolicyFields } from './policy.ts';
import { describeHashKey, limitWords, rateLimitTerms } from './route-words.ts';

/** What a part of a policy makes of requests. */
export interface PolicyWords {
  /** The part, as in the resource. */
  readonly part: Exclude<keyof PolicyFields, 'hop'>;
  readonly title: string;
  /** What is in force, such as `30 s a request`; what is off is not mentioned beside what is on. */
  readonly words: readonly string[];
}

/** All of a policy that is in force, defaults too, for people. */
export function describePolicy(policy: PolicyFields): PolicyWords[] {
  return [
    { part: 'timeouts', title: 'Timeouts', words: timeoutWords(policy) },
    { part: 'retries', title: 'Retries', words: retryWords(policy) },
    { part: 'rateLimits', title: 'Rate limits', words: limitsWords(policy) },
    { part: 'connections', title: 'Circuit limits', words: circuitWords(policy) },
    { part: 'outlierDetection', title: 'Ejection', words: ejectionWords(policy) },
    { part: 'healthCheck', title: 'Health check', words: checkWords(policy) },
    { part: 'loadBalancer', title: 'Balancing', words: balancerWords(policy) },
    { part: 'concurrency', title: 'Shedding', words: sheddingWords(policy) },
    { part: 'observability', title: 'Log and traces', words: observabilityWords(policy) },
  ];
}

function timeoutWords({ timeouts }: PolicyFields): string[] {
  const { requestMs, perTryMs, connectMs, idleMs, maxConnectionAgeMs } = timeouts;
  return [
    requestMs === 0 ? 'no limit of a request' : `${limitWords(requestMs)} a request`,
    ...when(perTryMs > 0, () => `${formatMs(perTryMs)} a try`),
    `${formatMs(connectMs)} to connect`,
    `${formatMs(idleMs)} without a byte`,
    ...when(maxConnectionAgeMs > 0, () => `connections live ${formatMs(maxConnectionAgeMs)}`),
  ];
}

function retryWords({ retries }: PolicyFields): string[] {
  const { attempts, on, methods, budgetPercent, budgetMinPerSecond } = retries;
  if (attempts === 0) return ['none'];
  return [
    `up to ${attempts}${on.length > 0 ? ` on ${on.join(', ')}` : ', of what reached nobody'}`,
    methods === 'all' ? 'every method' : 'idempotent methods',
    `at most ${formatPercent(budgetPercent)} more requests, or ${formatCount(budgetMinPerSecond)} a second`,
  ];
}

function limitsWords({ rateLimits }: PolicyFields): string[] {
  if (rateLimits.length === 0) return ['none'];
  return rateLimits.map((limit) => `${limit.name}: ${rateLimitTerms(limit)}`);
}

function circuitWords({ connections: { max, maxPending, maxRequests } }: PolicyFields): string[] {
  return [
    `${countOf(max, 'connection')} and ${formatCount(maxPending)} waiting for each instance`,
    ...when(maxRequests > 0, () => `${countOf(maxRequests, 'request')} in flight`),
  ];
}

function ejectionWords({ outlierDetection }: PolicyFields): string[] {
  const { consecutiveFailures, successRateBelowPercent, latencyAbovePercent, baseEjectionMs } =
    outlierDetection;
  const causes = [
    ...when(consecutiveFailures > 0, () => `after ${countOf(consecutiveFailures, 'failure')} in a row`),
    ...when(
      successRateBelowPercent > 0,
      () => `success ${formatPercent(successRateBelowPercent)} below the others`,
    ),
    ...when(
      latencyAbovePercent > 0,
      () => `median above ${formatPercent(latencyAbovePercent)} of the others`,
    ),
  ];
  if (causes.length === 0) return ['off'];
  const most = `at most ${formatPercent(outlierDetection.maxEjectedPercent)} of a version`;
  return [...causes, `for ${formatMs(baseEjectionMs)}, twice as long each time`, most];
}

function checkWords({ healthCheck }: PolicyFields): string[] {
  if (healthCheck === undefined) return ['none'];
  const { type, path, grpcService, intervalMs, timeoutMs, unhealthyAfter, healthyAfter } = healthCheck;
  const asked = { http: `GET ${path}`, grpc: `gRPC ${grpcService}`.trim(), tcp: 'a connection' }[type];
  return [
    `${asked} every ${formatMs(intervalMs)}, within ${formatMs(timeoutMs)}`,
    `out after ${countOf(unhealthyAfter, 'failure')}, back after ${healthyAfter} that succeed`,
  ];
}

const algorithms: Readonly<Record<PolicyFields['loadBalancer']['algorithm'], string>> = {
  peakEwma: 'the quicker of two',
  leastRequest: 'the less busy of two',
  roundRobin: 'in turn',
  random: 'at random',
  consistentHash: 'by hash',
};

function balancerWords({ loadBalancer }: PolicyFields): string[] {
  const { algorithm, hashKey, slowStartMs, subsetSize, localityPercent } = loadBalancer;
  return [
    `${algorithms[algorithm]}${hashKey === undefined ? '' : ` of ${describeHashKey(hashKey)}`}`,
    ...when(slowStartMs > 0, () => `new ones get their share within ${formatMs(slowStartMs)}`),
    ...when(subsetSize > 0, () => `${formatCount(subsetSize)} of a version for each agent`),
    ...when(
      localityPercent > 0,
      () => `the own zone first, while ${formatPercent(localityPercent)} of it is usable`,
    ),
  ];
}

function sheddingWords({ concurrency: { adaptive, min, max } }: PolicyFields): string[] {
  return [adaptive ? `by latency, from ${formatCount(min)} to ${formatCount(max)} in flight` : 'off'];
}

function observabilityWords({ observability }: PolicyFields): string[] {
  const { accessLog, accessLogPercent, tracePercent } = observability;
  const logged = { off: 'no log', errors: 'errors logged', all: 'all logged', sampled: '' }[accessLog];
  return [
    logged || `${formatPercent(accessLogPercent)} logged`,
    tracePercent === 0 ? 'no traces begun' : `${formatPercent(tracePercent)} traced`,
  ];
}

function when(holds: boolean, words: () => string): string[] {
  return holds ? [words()] : [];
}
