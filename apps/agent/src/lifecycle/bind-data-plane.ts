import type { DataPlane, DataPlaneOptions, ListeningPorts } from '../data-plane.ts';
import type { RememberedPorts } from './instance-state.ts';
import { flagOf, UsageError } from './options.ts';

export interface Bound {
  readonly dataPlane: DataPlane;
  readonly ports: ListeningPorts;
}

/**
 * Binds the data plane's ports. Where any port will do, the remembered one is tried first; if someone else has it by
 * now, a free one is taken. A port that was asked for and is taken is a `UsageError`.
 */
export async function bindDataPlane(
  options: DataPlaneOptions,
  remembered: RememberedPorts,
  create: (options: DataPlaneOptions) => DataPlane,
): Promise<Bound> {
  const unavailable = new Set<number>();
  for (;;) {
    const dataPlane = create(withRemembered(options, remembered, unavailable));
    try {
      return { dataPlane, ports: await dataPlane.listen() };
    } catch (error) {
      const port = takenPort(error);
      if (port === undefined) throw error;
      if (unavailable.has(port) || isAskedFor(options, port))
        throw new UsageError(takenSentence(options, port));
      unavailable.add(port);
    }
  }
}

function withRemembered(
  options: DataPlaneOptions,
  remembered: RememberedPorts,
  unavailable: ReadonlySet<number>,
): DataPlaneOptions {
  const choose = (port: number, former: number | undefined) =>
    port === 0 && former !== undefined && !unavailable.has(former) ? former : port;
  const { outbound, inbound, upstreams } = options;
  return {
    ...options,
    outbound: outbound && { ...outbound, port: choose(outbound.port, remembered.outbound) },
    inbound: inbound && { ...inbound, port: choose(inbound.port, remembered.inbound) },
    upstreams: upstreams.map((upstream) => ({
      ...upstream,
      port: choose(upstream.port, remembered.upstreams[upstream.service]),
    })),
  };
}

function takenPort(error: unknown): number | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || !('code' in cause) || !('port' in cause)) return undefined;
  const ours = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
  return ours && typeof cause.port === 'number' ? cause.port : undefined;
}

function isAskedFor(options: DataPlaneOptions, port: number): boolean {
  return settingOf(options, port) !== undefined;
}

/** The setting that asks for this port. */
function settingOf(options: DataPlaneOptions, port: number): string | undefined {
  const { outbound, inbound, tlsPassthrough, gateway, names, upstreams } = options;
  if (port === outbound?.port) return 'outboundPort';
  if (port === inbound?.port) return 'inboundPort';
  if (port === tlsPassthrough?.port) return 'tlsPassthroughPort';
  if (port === gateway?.http?.port) return 'gatewayHttpPort';
  if (port === gateway?.https?.port) return 'gatewayHttpsPort';
  if (port === names?.dns.port) return 'dnsPort';
  return upstreams.some((upstream) => upstream.port === port) ? 'upstreams' : undefined;
}

function takenSentence(options: DataPlaneOptions, port: number): string {
  const key = settingOf(options, port) ?? 'upstreams';
  return `Port ${port} is taken or not allowed: choose another with ${flagOf(key)}.`;
}
