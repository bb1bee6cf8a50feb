import type { LoadBalancer } from '@tulle/mesh/load-balancer';
import type { TlsOrigination } from '@tulle/mesh/service';
import type { Endpoint, ServiceView } from '@tulle/mesh/service-view';
import { sha256 } from '../config-store/checksummed-file.ts';
import { HealthChecker } from '../health/health-checker.ts';
import type { HealthProbe } from '../health/health-probe.ts';
import { PoolProbe } from '../health/pool-probe.ts';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { ConnectionPool, type PoolLimits } from '../pool/connection-pool.ts';
import { type Connector, hopTo, type PeerProtocol, plainConnector } from '../pool/connector.ts';
import { MutualTlsConnector } from '../pool/mutual-tls-connector.ts';
import type { PeerEnvironment } from '../pool/peer-connection.ts';
import { externalName, tlsOriginationConnector } from '../pool/tls-origination-connector.ts';
import type { Recorder } from '../record/recorder.ts';
import { Backend } from './backend.ts';
import type { Random } from './balancer.ts';
import { Fleet } from './fleet.ts';
import { anySeed, quickRandom } from './quick-random.ts';
import { ServiceBackends } from './service-backends.ts';
import { subsetOf } from './subset.ts';

export interface RegistryContext {
  readonly environment: PeerEnvironment;
  readonly credentials: Credentials;
  readonly recorder: Recorder;
  /** Name of the service this agent stands for. */
  readonly source: string;
  /** Name of the instance it stands for: decides which endpoints of a large fleet it uses. */
  readonly instance?: string | undefined;
  /** Where it runs, when that is known. */
  readonly zone?: string | undefined;
  /** How endpoints are checked actively; by default on the way that requests take. */
  readonly probe?: HealthProbe | undefined;
  readonly random?: Random | undefined;
}

/** Every backend there is, by service and endpoint: where their state survives changes of configuration. */
export class BackendRegistry {
  private readonly context: RegistryContext;
  private readonly services = new Map<string, ServiceBackends>();
  private readonly retired = new Map<Backend, string>();
  private readonly random: Random;
  private readonly checker: HealthChecker;

  constructor(context: RegistryContext) {
    this.context = context;
    this.random = context.random ?? quickRandom(anySeed());
    this.checker = new HealthChecker(context.probe ?? new PoolProbe(context.environment.turn), this.random);
  }

  /** The endpoints of a view that this agent uses, under the view's policy. */
  fleet(view: ServiceView, limits: PoolLimits): Fleet {
    const { service, policy, endpoints, protocol, tlsOrigination } = view;
    const { now } = this.context.environment.clock;
    // Those of the first view were there before this agent asked for them, and are not new.
    const wasKnown = this.services.has(service);
    const known = this.serviceOf(service);
    const backends = this.used(endpoints, policy.loadBalancer).map((endpoint) => {
      const hop = hopTo(protocol, endpoint.tls ? policy.hop : undefined);
      const isNew = wasKnown && !known.has(endpoint, hopText(hop, tlsOrigination));
      const backend = this.obtain(service, endpoint, limits, hop, tlsOrigination);
      if (isNew) backend.beginWarming(now);
      return backend;
    });
    known.follow(policy);
    this.checker.follow(backends, policy.healthCheck, now);
    return new Fleet(known, backends, policy.loadBalancer, this.context.zone ?? '', this.random);
  }

  /** The backend of this endpoint: the one there is, or a new one when it was never seen at this address. */
  obtain(
    service: string,
    endpoint: Endpoint,
    limits: PoolLimits,
    protocol: PeerProtocol,
    tlsOrigination?: TlsOrigination,
  ): Backend {
    const backends = this.serviceOf(service);
    const hop = hopText(protocol, tlsOrigination);
    const known = backends.get(endpoint, hop);
    if (known !== undefined) {
      known.endpoint = endpoint;
      known.pool.limits = limits;
      return known;
    }
    const backend = this.create(service, endpoint, limits, protocol, tlsOrigination);
    backends.add(backend, hop);
    return backend;
  }

  /** Retires those that no configuration names any more. */
  keepOnly(used: ReadonlySet<Backend>): void {
    for (const [service, backends] of [...this.services]) {
      for (const backend of backends.dropUnused(used)) {
        this.checker.forget(backend);
        backend.retire();
        if (backend.active > 0) this.retired.set(backend, service);
      }
      if (backends.size === 0) this.services.delete(service);
    }
  }

  entries(): { service: string; backend: Backend }[] {
    return Array.from(this.services, ([service, backends]) =>
      Array.from(backends, (backend) => ({ service, backend })),
    ).flat();
  }

  /** Those that no configuration names any more, and that have requests in flight; each name once. */
  draining(): { service: string; backend: Backend }[] {
    const byName = new Map<string, { service: string; backend: Backend }>();
    for (const [backend, service] of this.retired) {
      const { id } = backend.endpoint;
      if (backend.active === 0 || this.services.get(service)?.hasId(id)) continue;
      byName.set(`${service} ${id}`, { service, backend });
    }
    return [...byName.values()];
  }

  sweep(now: number): void {
    for (const backend of this.retired.keys()) if (backend.active === 0) this.retired.delete(backend);
    for (const backends of this.services.values()) {
      for (const backend of backends) backend.pool.sweep(now);
      backends.sweep(now);
    }
    this.checker.sweep(now);
  }

  private serviceOf(service: string): ServiceBackends {
    let backends = this.services.get(service);
    if (backends === undefined) {
      backends = new ServiceBackends();
      this.services.set(service, backends);
    }
    return backends;
  }

  private used(endpoints: readonly Endpoint[], { subsetSize }: LoadBalancer): readonly Endpoint[] {
    if (subsetSize === 0) return endpoints;
    const instance = this.context.instance ?? this.context.source;
    const byVersion = Map.groupBy(endpoints, ({ version }) => version);
    return [...byVersion.values()].flatMap((version) => subsetOf(version, subsetSize, instance));
  }

  private create(
    service: string,
    endpoint: Endpoint,
    limits: PoolLimits,
    protocol: PeerProtocol,
    tlsOrigination: TlsOrigination | undefined,
  ): Backend {
    const { environment, recorder, source } = this.context;
    const { host, version, tls } = endpoint;
    const connector = this.connectorTo(service, endpoint, protocol, tlsOrigination);
    const pool = new ConnectionPool(connector, environment, limits);
    const series = recorder.series({ side: 'outbound', source, destination: service, version, tls });
    const backend = new Backend(endpoint, pool, series, this.serviceOf(service).groupOf(version));
    if (tlsOrigination !== undefined) backend.authority = externalName(host, tlsOrigination);
    pool.owner = {
      onConnected: () => backend.connected(),
      onConnectFailed: () => backend.connectFailed(environment.clock.now),
    };
    return backend;
  }

  private connectorTo(
    service: string,
    { host, port, tls }: Endpoint,
    protocol: PeerProtocol,
    tlsOrigination: TlsOrigination | undefined,
  ): Connector {
    if (tls) return new MutualTlsConnector(host, port, service, protocol, this.context.credentials);
    if (tlsOrigination === undefined) return plainConnector(host, port, protocol);
    return tlsOriginationConnector(host, port, protocol, tlsOrigination);
  }
}

/** What is spoken to an endpoint, and how it is secured: where that changes it is another one. */
function hopText(protocol: PeerProtocol, tlsOrigination: TlsOrigination | undefined): string {
  return tlsOrigination === undefined ? protocol : `${protocol} ${sha256(JSON.stringify(tlsOrigination))}`;
}
