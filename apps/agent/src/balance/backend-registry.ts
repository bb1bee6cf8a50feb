import type { Endpoint } from '@tulle/mesh/service-view';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { ConnectionPool, type PoolLimits } from '../pool/connection-pool.ts';
import { mutualTlsConnector, plainConnector } from '../pool/connector.ts';
import type { PeerEnvironment } from '../pool/peer-connection.ts';
import type { Recorder } from '../record/recorder.ts';
import { Backend } from './backend.ts';

export interface RegistryContext {
  readonly environment: PeerEnvironment;
  readonly credentials: Credentials;
  readonly recorder: Recorder;
  /** Name of the service this agent stands for. */
  readonly source: string;
}

/** Every backend there is, by service and endpoint: where their state survives changes of configuration. */
export class BackendRegistry {
  private readonly context: RegistryContext;
  private readonly byKey = new Map<string, { service: string; backend: Backend }>();

  constructor(context: RegistryContext) {
    this.context = context;
  }

  /** The backend of this endpoint: the one there is, or a new one when it was never seen at this address. */
  obtain(service: string, endpoint: Endpoint, limits: PoolLimits): Backend {
    const key = keyOf(service, endpoint);
    const known = this.byKey.get(key);
    if (known !== undefined) {
      known.backend.pool.limits = limits;
      return known.backend;
    }
    const backend = this.create(service, endpoint, limits);
    this.byKey.set(key, { service, backend });
    return backend;
  }

  /** Retires those that no configuration names any more. */
  keepOnly(used: ReadonlySet<Backend>): void {
    for (const [key, { backend }] of [...this.byKey]) {
      if (used.has(backend)) continue;
      this.byKey.delete(key);
      backend.pool.retire();
    }
  }

  entries(): { service: string; backend: Backend }[] {
    return [...this.byKey.values()];
  }

  sweep(now: number): void {
    for (const { backend } of this.byKey.values()) backend.pool.sweep(now);
  }

  private create(service: string, endpoint: Endpoint, limits: PoolLimits): Backend {
    const { environment, credentials, recorder, source } = this.context;
    const { host, port, version, tls } = endpoint;
    const connector = tls ? mutualTlsConnector(host, port, service, credentials) : plainConnector(host, port);
    const pool = new ConnectionPool(connector, environment, limits);
    const series = recorder.series({ side: 'outbound', source, destination: service, version, tls });
    const backend = new Backend(endpoint, pool, series);
    pool.owner = {
      onConnected: () => backend.connected(),
      onConnectFailed: () => backend.connectFailed(environment.clock.now),
    };
    return backend;
  }
}

/** An endpoint that moved, or changed its version or its security, is another one. */
function keyOf(service: string, { id, version, host, port, tls }: Endpoint): string {
  return `${service} ${id} ${version} ${host} ${port} ${tls}`;
}
