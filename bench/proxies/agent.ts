import { reservedPort } from '@tulle/agent/specs/reserved-port';
import { smallNodeFlags } from '../../apps/cli/bin/small-node.mjs';
import type { ServerProcess } from '../server-process.ts';
import type { CertificateFiles, Workbench } from '../workbench.ts';
import type { Origin, ProxyServer } from './proxy-server.ts';

export interface AgentSides {
  readonly service: string;
  readonly identity?: CertificateFiles;
  /** Listens here, in plain text, for the service `web`. */
  readonly upstream?: number;
  /** Listens here, in plain text, for whatever service a request names. */
  readonly outbound?: number;
  /** Listens here for other agents and passes on to `origin`. */
  readonly inbound?: { readonly port: number; readonly origin: Origin };
  /** Where `web` is, and whether an agent stands before it. */
  readonly web?: Origin & { readonly tls: boolean };
}

/**
 * As many connections as Envoy makes by default: benches may hold 1,000 requests open at a time. And time to connect, as a
 * machine that is busy with other work may take more than a second for the first handshakes.
 */
const policy = { connections: { max: 1_024 }, timeouts: { connectMs: 10_000 } };

/** JSON, which is YAML. */
function configuration({ service, identity, upstream, outbound, inbound, web }: AgentSides): string {
  const { trustDomain, certificate, key, trustBundle } = identity ?? {};
  return JSON.stringify({
    self: { service },
    listen: {
      ...(upstream === undefined ? {} : { upstreams: { web: upstream } }),
      ...(outbound === undefined ? {} : { outbound }),
      ...(inbound === undefined ? {} : { inbound: inbound.port }),
    },
    ...(inbound === undefined ? {} : { local: inbound.origin.port }),
    ...(identity === undefined ? {} : { identity: { trustDomain, certificate, key, trustBundle } }),
    services: {
      ...(inbound === undefined
        ? {}
        : { [service]: { ...policy, protocol: inbound.origin.protocol, endpoints: [] } }),
      ...(web === undefined
        ? {}
        : {
            web: { ...policy, protocol: web.protocol, endpoints: [{ address: web.port, tls: web.tls }] },
          }),
    },
  });
}

/** As agents are started, but with compilers that come at once: no warm-up here is as long as the life of an agent. */
const nodeFlags = smallNodeFlags.filter((flag) => !/sparkplug|maglev/.test(flag));

/** `program` is what `bundleAgent` made. */
export function startAgent(
  bench: Workbench,
  program: string,
  name: string,
  sides: AgentSides,
): ServerProcess {
  return bench.start(name, process.execPath, [
    ...nodeFlags,
    program,
    bench.file(`${name}.yaml`, configuration(sides)),
  ]);
}

/** Plain text in and out. */
export async function startAgentHop(bench: Workbench, program: string, origin: Origin): Promise<ProxyServer> {
  const port = await reservedPort();
  const agent = startAgent(bench, program, 'agent', {
    service: 'caller',
    upstream: port,
    web: { ...origin, tls: false },
  });
  await agent.accepting(port);
  return { port, processes: [agent] };
}

/** The agent of `web`, for callers that speak mutual TLS. */
export async function startInboundAgent(
  bench: Workbench,
  program: string,
  origin: Origin,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const identity = bench.certificateFiles('web');
  const agent = startAgent(bench, program, 'agent-in', {
    service: 'web',
    identity,
    inbound: { port, origin },
  });
  await agent.accepting(port);
  return { port, processes: [agent] };
}

export async function startAgentPair(
  bench: Workbench,
  program: string,
  origin: Origin,
): Promise<ProxyServer> {
  const port = await reservedPort();
  const inbound = await startInboundAgent(bench, program, origin);
  const outbound = startAgent(bench, program, 'agent-out', {
    service: 'caller',
    identity: bench.certificateFiles('caller'),
    upstream: port,
    web: { port: inbound.port, protocol: origin.protocol, tls: true },
  });
  await outbound.accepting(port);
  return { port, processes: [...inbound.processes, outbound] };
}
