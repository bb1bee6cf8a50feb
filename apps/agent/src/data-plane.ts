import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { Self, ServiceView } from '@tulle/mesh/service-view';
import type { BackendCondition } from './balance/backend-state.ts';
import type { ServerCertificate } from './gateway/server-certificates.ts';
import type { ListeningSockets } from './lifecycle/listening-sockets.ts';
import type { Pressure } from './lifecycle/memory-guard.ts';
import { LiveDataPlane } from './live-data-plane.ts';
import type { AssignedAddresses, LoopbackAddresses } from './loopback/loopback-addresses.ts';
import type { NamesStatus } from './loopback/names-on-loopback.ts';
import type { Measurements } from './record/measurements.ts';
import type { ObservabilitySettings } from './record/observability.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The part of pino the data plane uses. */
export interface DataPlaneLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DataPlaneLimits {
  /** Connections accepted at once, all listeners together; more are closed at once. */
  maxConnections: number;
  /** From a connection's first byte, or the last response, to a complete request head. */
  headTimeoutMs: number;
  /** How long a connection from a caller may stay without a request. */
  callerIdleTimeoutMs: number;
  /** How long a connection to a peer is kept without a request. */
  poolIdleTimeoutMs: number;
  /** How long a request waits for the view of a service that was never called before. */
  unknownServiceTimeoutMs: number;
}

/** Names on loopback: DNS answers for `*.mesh`, and every service is listened for at its own address and port. */
export interface NamesOptions {
  /** Where DNS is answered, UDP and TCP. */
  readonly dns: Address;
  readonly addresses: LoopbackAddresses;
  /** Called when a service got its address, with those of all. */
  readonly onAssigned?: ((assigned: AssignedAddresses) => void) | undefined;
}

export interface DataPlaneOptions {
  readonly self: Self;
  /** Where the service of this agent listens; without it nothing can be received for it. */
  readonly local?: Address | undefined;
  /** The HTTP proxy port: absolute form, or origin form with the service in Host. Port 0 takes a free one. */
  readonly outbound?: Address | undefined;
  /** One port per declared upstream, on `host` or else 127.0.0.1: whatever comes in goes to `service`. */
  readonly upstreams: readonly { readonly service: string; readonly host?: string; readonly port: number }[];
  /** The port for TLS to any service of protocol `tls` or `tcp` that its ClientHello names; passed through unread. */
  readonly tlsPassthrough?: Address | undefined;
  readonly names?: NamesOptions | undefined;
  /** The port other agents call. With `tls` it refuses everyone until an identity is set. */
  readonly inbound?: (Address & { readonly tls: boolean }) | undefined;
  /**
   * Ports for whoever is outside of the mesh, in plain text and with TLS: the view of this agent's own service says which
   * hosts lead where.
   */
  readonly gateway?:
    | { readonly http?: Address | undefined; readonly https?: Address | undefined }
    | undefined;
  readonly limits?: Partial<DataPlaneLimits> | undefined;
  readonly observability?: ObservabilitySettings | undefined;
  /** Those there may be of a predecessor; without, all are bound anew. */
  readonly sockets?: ListeningSockets | undefined;
  /**
   * Called once when a service is asked for that is in no view. The request waits for an `apply` that
   * brings it, at most `unknownServiceTimeoutMs`, and is then answered 503 `unknown_service`. Without
   * this callback it is answered at once.
   */
  readonly onUnknownService?: ((service: string) => void) | undefined;
  readonly logger: DataPlaneLogger;
}

export interface ListeningPorts {
  outbound?: number;
  inbound?: number;
  tlsPassthrough?: number;
  gatewayHttp?: number;
  gatewayHttps?: number;
  dns?: number;
  /** Service name -> port. */
  upstreams: Record<string, number>;
}

export interface ApplyResult {
  accepted: string[];
  rejected: { name: string; reason: string }[];
}

export interface DataPlaneIdentity {
  /** Leaf first, then the intermediates. */
  readonly certificateChainPem: string;
  readonly keyPem: string;
  readonly trustBundlePem: string;
  readonly trustDomain: string;
}

export interface EndpointStats {
  service: string;
  endpoint: string;
  version: string;
  connections: number;
  idle: number;
  pending: number;
  active: number;
  /** Peak-EWMA of the latency in milliseconds; 0 before the first response. */
  latencyMs: number;
  available: boolean;
  /** Since the process began. */
  tries: number;
  failedTries: number;
  failedConnects: number;
  /** Why it is chosen or not, and since the process began how often it was ejected. */
  state?: BackendCondition;
  /** What led to that, for people; '' when there is nothing to say. */
  reason?: string;
  /** How much longer it is so, in milliseconds; absent when that depends on what comes. */
  forMs?: number | undefined;
  ejections?: number;
}

export interface DataPlaneStats {
  /** Connections from callers, all listeners together. */
  accepted: number;
  /** Connections to peers and to the local service. */
  connected: number;
  activeRequests: number;
  /** Whether the last connection to the local service succeeded; true before the first. */
  localHealthy: boolean;
  draining: boolean;
  endpoints: EndpointStats[];
  /** Absent without names on loopback. */
  names?: NamesStatus | undefined;
  /** What other processes that carry its traffic use; absent without any. */
  workers?: { readonly rssBytes: number; readonly cpuMs: number };
}

export interface DataPlane {
  /**
   * Takes the views of all services this agent knows, its own among them. All are compiled first, then one
   * reference is swapped. A view that cannot be compiled is rejected and its former state stays in force;
   * a service that is not among `views` is forgotten. The state of endpoints and pools outlives this.
   */
  apply(views: readonly ServiceView[]): ApplyResult;
  /** Used by every connection made or accepted from now on; those in flight are left alone. Throws when the PEM is unusable. */
  setIdentity(identity: DataPlaneIdentity): void;
  /**
   * What a gateway shows to who connects from now on; connections there are, are left alone. Throws with source and reason
   * when one cannot be used, and then nothing has changed.
   */
  setServerCertificates(certificates: readonly ServerCertificate[]): void;
  /**
   * This agent was revoked: refuses everyone on the mesh port, makes no mutual TLS connection and destroys those
   * there are, until `setIdentity` is called again.
   */
  withdrawIdentity(): void;
  /** Serials in lower-case hex. Refuses new connections of these certificates and destroys existing ones, on both sides. */
  setRevoked(serials: readonly string[]): void;
  /** Resolves when what the three below say is of now: where other processes carry the traffic, they are asked. */
  refresh(): Promise<void>;
  /** All series since the process began, cumulative. */
  telemetry(): SeriesCounters[];
  stats(): DataPlaneStats;
  /** For the page of metrics. */
  measurements(): Measurements;
  /** Begins the file of the access log anew, after it was moved away. */
  reopenLogs(): void;
  /** Binds every port, or rejects with the reason and binds none. */
  listen(): Promise<ListeningPorts>;
  /** Has `look` called between connections that come in crowds, which leave timers no turn. */
  onCrowd(look: () => void): void;
  /** How scarce memory is from now on; to be told again and again while it is. */
  relieve(pressure: Pressure): void;
  /**
   * Takes no more calls of other agents, and resolves when those under way are answered, or after `timeoutMs`. What the
   * own service calls goes on.
   */
  retireInbound(timeoutMs: number): Promise<void>;
  /** Stops accepting, answers what is in flight with Connection: close, and destroys what is left after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
}

/** Creates the data path of one agent; nothing listens before `listen()`. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  return new LiveDataPlane(options);
}
