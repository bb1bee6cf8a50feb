import { defaultPolicy, type PolicyFields } from '@tulle/mesh/policy';
import type { ServiceView } from '@tulle/mesh/service-view';
import { Backend } from '../balance/backend.ts';
import { EvenSequence } from '../balance/sequence.ts';
import { Split } from '../balance/split.ts';
import type { Address } from '../data-plane.ts';
import { ConnectionPool } from '../pool/connection-pool.ts';
import { plainConnector } from '../pool/connector.ts';
import type { PeerEnvironment } from '../pool/peer-connection.ts';
import { Series } from '../record/series.ts';
import { compileRetryPolicy } from '../retry/compile-retry-policy.ts';
import { unlimitedRetries } from '../retry/retry-budget.ts';
import type { RouteDecision } from '../router/route-decision.ts';

/** A command that `tulle run` has just started listens within this time, or its callers are sent elsewhere. */
const startPatienceMs = 1_000;

/** The service beside this agent: one backend, reached in plain text, by the timeouts of its own view. */
export class LocalService {
  readonly backend: Backend;
  decision: RouteDecision;
  private readonly service: string;

  constructor(address: Address, self: { service: string; version: string }, environment: PeerEnvironment) {
    const { host, port } = address;
    const { service, version } = self;
    const policy = defaultPolicy(service);
    const limits = { ...policy.connections, connectMs: policy.timeouts.connectMs };
    const pool = new ConnectionPool(plainConnector(host, port), environment, limits);
    const endpoint = { id: `${host}:${port}`, version, host, port, tls: false };
    // Requests count in the series of their callers; this one belongs to no report.
    const series = new Series({ side: 'inbound', source: '', destination: service, version, tls: false });
    const backend = new Backend(endpoint, pool, series);
    pool.owner = {
      onConnected: () => backend.connected(),
      onConnectFailed: () => backend.connectFailed(environment.clock.now),
    };
    this.service = service;
    this.backend = backend;
    this.decision = this.decide(policy);
  }

  /** Follows the service's own view, or the defaults when there is none. */
  apply(own: ServiceView | undefined): void {
    const policy = own?.policy ?? defaultPolicy(this.service);
    this.backend.pool.limits = { ...policy.connections, connectMs: policy.timeouts.connectMs };
    this.decision = this.decide(policy);
  }

  private decide(policy: PolicyFields): RouteDecision {
    const split = new Split([{ version: '', weight: 1, backends: [this.backend] }], new EvenSequence());
    // One attempt more than none: a kept connection may have been closed by the service.
    return {
      service: this.service,
      rule: '',
      destination: split,
      timeouts: policy.timeouts,
      retry: compileRetryPolicy({ ...policy.retries, attempts: 1 }, unlimitedRetries),
      observability: policy.observability,
      startPatienceMs,
      circuit: undefined,
      rateLimits: [],
      fault: undefined,
      redirect: undefined,
      mirrors: [],
    };
  }
}
