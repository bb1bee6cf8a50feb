import type { ListeningPorts } from '../data-plane.ts';

/**
 * What the command needs to speak through the mesh: the proxy for `http://<service>/`, one `<NAME>_URL` per declared
 * upstream, and the port it should listen on. The join token is not for it.
 */
export function commandEnvironment(
  inherited: NodeJS.ProcessEnv,
  ports: ListeningPorts,
  port: number | undefined,
): NodeJS.ProcessEnv {
  const { TULLE_TOKEN: _token, ...environment } = inherited;
  const proxy = `http://127.0.0.1:${ports.outbound}`;
  return {
    ...environment,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NODE_USE_ENV_PROXY: '1',
    ...noProxy(inherited.NO_PROXY ?? inherited.no_proxy ?? ''),
    ...upstreamUrls(ports.upstreams),
    ...(port !== undefined && { PORT: String(port) }),
  };
}

/** Loopback never goes through the proxy: the ports of upstreams are there, and so is the service itself. */
function noProxy(inherited: string): { NO_PROXY: string; no_proxy: string } {
  const hosts = new Set([
    ...inherited.split(',').map((host) => host.trim()),
    'localhost',
    '127.0.0.1',
    '::1',
  ]);
  hosts.delete('');
  const list = [...hosts].join(',');
  return { NO_PROXY: list, no_proxy: list };
}

/** `payment-gateway` -> `PAYMENT_GATEWAY_URL`. */
function upstreamUrls(upstreams: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(upstreams).map(([service, port]) => [
      `${service.replaceAll('-', '_').toUpperCase()}_URL`,
      `http://127.0.0.1:${port}`,
    ]),
  );
}
