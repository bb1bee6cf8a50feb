import { defaultPolicy, type PolicyFields } from '@tulle/mesh/policy';
import type { ServiceView } from '@tulle/mesh/service-view';
import { Backend } from '../balance/backend.ts';
import { EvenSequence } from '../balance/sequence.ts';
import { Split } from '../balance/split.ts';
import { ConcurrencyLimit } from '../concurrency/concurrency-limit.ts';
import { exempt } from '../concurrency/priority.ts';
import type { Address } from '../data-plane.ts';
import { type ExpectedCheck, expectedCheck } from '../health/check-mark.ts';
import { ConnectionPool, type PoolLimits } from '../pool/connection-pool.ts';
import { hopTo, type PeerProtocol, plainConnector } from '../pool/connector.ts';
import type { PeerEnvironment } from '../pool/peer-connection.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { RateLimiterRegistry } from '../rate-limit/rate-limiter-registry.ts';
import { RouteRecorder } from '../record/route-recorder.ts';
import { Series } from '../record/series.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import { unlimitedRetries } from '../retry/retry-budget.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import { connectionTimeouts } from '../tcp/connection-timeouts.ts';

/** A command that `tulle run` has just started listens within this time, or its callers are sent elsewhere. */
const startPatienceMs = 1_000;

/** The service beside this agent: one backend, reached in plain text, by the timeouts of its own view. */
export class LocalService {
  backend: Backend;
  decision: RouteDecision;
  /** For checks of other agents: nothing refuses them, and they count as no caller's traffic. */
  checkDecision: RouteDecision;
  /** What they ask for; undefined where they make no request. */
  expectedCheck: ExpectedCheck | undefined = undefined;
  readonly checks: Series;
  protocol: PeerProtocol = 'http1';
  /** For metrics. */
  readonly limiters = new RateLimiterRegistry();
  concurrency: ConcurrencyLimit | undefined = undefined;
  private readonly address: Address;
  private readonly self: { readonly service: string; readonly version: string };
  private readonly environment: PeerEnvironment;
  private readonly records: RouteRecorder;
  /** On no page. */
  private readonly checkRecords = new RouteRecorder();

  constructor(
    address: Address,
    self: { service: string; version: string },
    environment: PeerEnvironment,
    records: RouteRecorder = new RouteRecorder(),
  ) {
    this.address = address;
    this.records = records;
    this.self = self;
    this.environment = environment;
    const policy = defaultPolicy(self.service);
    this.backend = this.connect(policy);
    this.checks = this.unreportedSeries();
    this.decision = this.decide(policy, undefined);
    this.checkDecision = this.decideOnChecks();
  }

  /** Follows the service's own view, or the defaults when there is none. */
  apply(own: ServiceView | undefined): void {
    const policy = own?.policy ?? defaultPolicy(this.self.service);
    const protocol = hopTo(own?.protocol ?? 'http');
    if (protocol === this.protocol) {
      this.backend.pool.limits = limitsOf(policy);
    } else {
      this.backend.pool.retire();
      this.protocol = protocol;
      this.backend = this.connect(policy);
    }
    this.limitConcurrency(policy);
    this.decision = this.decide(policy, own);
    this.expectedCheck = expectedCheck(policy.healthCheck);
    this.checkDecision = this.decideOnChecks();
  }

  private connect(policy: PolicyFields): Backend {
    const { host, port } = this.address;
    const { version } = this.self;
    const { environment, protocol } = this;
    const pool = new ConnectionPool(plainConnector(host, port, protocol), environment, limitsOf(policy));
    const endpoint = { id: `${host}:${port}`, version, host, port, tls: false };
    // Requests count in the series of their callers.
    const backend = new Backend(endpoint, pool, this.unreportedSeries());
    pool.owner = {
      onConnected: () => backend.connected(),
      onConnectFailed: () => backend.connectFailed(environment.clock.now),
    };
    return backend;
  }

  private unreportedSeries(): Series {
    const { service, version } = this.self;
    return new Series({ side: 'inbound', source: '', destination: service, version, tls: false });
  }

  private decideOnChecks(): RouteDecision {
    const { decision } = this;
    return {
      ...decision,
      observability: { ...decision.observability, accessLog: 'off', tracePercent: 0 },
      record: this.checkRecords.obtain({ side: 'inbound', service: this.self.service, rule: '' }),
      concurrency: undefined,
      rateLimits: [],
      priority: exempt,
    };
  }

  private limitConcurrency({ concurrency }: PolicyFields): void {
    if (!concurrency.adaptive) this.concurrency = undefined;
    else if (this.concurrency !== undefined) this.concurrency.configure(concurrency);
    else this.concurrency = new ConcurrencyLimit(concurrency, this.environment.clock.now);
  }

  private rateLimits(policy: PolicyFields): RateLimiter[] {
    const compilation = this.limiters.compile(this.self.service, this.environment.clock.now);
    const limiters = policy.rateLimits.map((limit) => compilation.obtain('policy', limit));
    compilation.commit();
    return limiters;
  }

  private decide(policy: PolicyFields, own: ServiceView | undefined): RouteDecision {
    const timeouts = this.protocol === 'tcp' ? connectionTimeouts(policy.timeouts) : policy.timeouts;
    const split = new Split([{ version: '', weight: 1, backends: [this.backend] }], new EvenSequence());
    return {
      service: this.self.service,
      protocol: own?.protocol ?? 'http',
      rule: '',
      refusal: undefined,
      destination: split,
      // Trying again is the caller's business, and so is the time of one try.
      timeouts: { ...timeouts, perTryMs: 0 },
      // One attempt more than none: a kept connection may have been closed by the service.
      retry: compileRetryPolicy({ ...policy.retries, attempts: 1 }, unlimitedRetries),
      observability: policy.observability,
      record: this.records.obtain({ side: 'inbound', service: this.self.service, rule: '' }),
      isLocal: true,
      priority: undefined,
      startPatienceMs,
      circuit: undefined,
      concurrency: this.concurrency,
      rateLimits: this.rateLimits(policy),
      fault: undefined,
      redirect: undefined,
      mirrors: [],
    };
  }
}

function limitsOf({ connections, timeouts }: PolicyFields): PoolLimits {
  const { max, maxPending } = connections;
  return { max, maxPending, connectMs: timeouts.connectMs, maxConnectionAgeMs: timeouts.maxConnectionAgeMs };
}
