import { policySchema } from '@tulle/mesh/policy';
import type { Endpoint, ServiceView } from '@tulle/mesh/service-view';
import { onTestFinished } from 'vitest';
import type * as z from 'zod/mini';
import {
  createDataPlane,
  type DataPlane,
  type DataPlaneOptions,
  type ListeningPorts,
} from '../data-plane.ts';
import type { TestAuthority } from '../mutual-tls/test-authority.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const loopback = { host: '127.0.0.1', port: 0 };

export interface Running {
  plane: DataPlane;
  ports: ListeningPorts;
}

/** As people write it: what is left out takes its default, but for these, which a busy machine may not keep. */
type DeclaredPolicy = Omit<z.input<typeof policySchema>, 'kind' | 'service'>;
const patient = { connectMs: 60_000, requestMs: 120_000 };

export function viewOf(
  service: string,
  endpoints: readonly (Partial<Endpoint> & { port: number })[],
  more: { timeouts?: DeclaredPolicy['timeouts']; policy?: DeclaredPolicy } & Omit<
    Partial<ServiceView>,
    'policy'
  > = {},
): ServiceView {
  const { timeouts, policy: declared, ...rest } = more;
  const {
    kind: _kind,
    service: _service,
    ...policy
  } = policySchema.parse({
    kind: 'Policy',
    service,
    ...declared,
    timeouts: { ...patient, ...(timeouts ?? declared?.timeouts) },
  });
  return {
    service,
    protocol: 'http',
    port: 80,
    policy,
    endpoints: endpoints.map((endpoint) => ({
      id: `${endpoint.version ?? 'v1'}-${endpoint.port}`,
      version: 'v1',
      host: '127.0.0.1',
      tls: false,
      ...endpoint,
    })),
    ...rest,
  };
}

/** A data plane that listens, and is drained when the test ends. */
export async function startPlane(options: Partial<DataPlaneOptions>): Promise<Running> {
  const plane = createDataPlane({
    self: { service: 'caller', version: 'v1', instance: 'caller-1' },
    upstreams: [],
    logger: silent,
    ...options,
  });
  const ports = await plane.listen();
  onTestFinished(() => plane.drain(0));
  return { plane, ports };
}

/** The agent of a caller, in plain text to the given endpoints of `web`. */
export async function startOutbound(
  views: readonly ServiceView[],
  options: Partial<DataPlaneOptions> = {},
): Promise<Running & { port: number }> {
  const { plane, ports } = await startPlane({ outbound: loopback, ...options });
  plane.apply(views);
  return { plane, ports, port: ports.outbound ?? 0 };
}

/** Caller's agent -> mutual TLS -> the agent of `web` -> the service at `local`. */
export async function startPair(
  authority: TestAuthority,
  local: number,
  more: {
    callerIdentity?: Parameters<DataPlane['setIdentity']>[0];
    web?: Omit<Partial<ServiceView>, 'policy'>;
    timeouts?: DeclaredPolicy['timeouts'];
    policy?: DeclaredPolicy;
  } = {},
): Promise<{ caller: DataPlane; web: DataPlane; port: number; inboundPort: number }> {
  const web = await startPlane({
    self: { service: 'web', version: 'v1', instance: 'web-1' },
    local: { host: '127.0.0.1', port: local },
    inbound: { ...loopback, tls: true },
  });
  web.plane.setIdentity(authority.identity('web'));
  const inboundPort = web.ports.inbound ?? 0;
  const declared = {
    ...more.web,
    ...(more.policy && { policy: more.policy }),
    ...(more.timeouts && { timeouts: more.timeouts }),
  };
  web.plane.apply([viewOf('web', [], declared)]);
  const caller = await startPlane({ outbound: loopback });
  caller.plane.setIdentity(more.callerIdentity ?? authority.identity('caller'));
  caller.plane.apply([viewOf('web', [{ port: inboundPort, tls: true }], declared)]);
  return { caller: caller.plane, web: web.plane, port: caller.ports.outbound ?? 0, inboundPort };
}
