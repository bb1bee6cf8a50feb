import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Decides whether a request may be answered at all, so that no page elsewhere can drive a dashboard on loopback:
 * the Host must be ours (DNS rebinding) and a browser's Origin must be ours (cross-site requests and WebSockets).
 */
export interface Guard {
  /** undefined when the request is fine, or the sentence to refuse it with. */
  refusal(request: { method: string; headers: IncomingHttpHeaders; upgrade: boolean }): string | undefined;
  readonly origins: readonly string[];
}

export interface GuardOptions {
  /** Where browsers reach the dashboard. */
  readonly baseUrl: string;
  /** Further names it is reached by, `host` or `host:port`. */
  readonly allowedHosts: readonly string[];
  /** Where it listens, when that is not `baseUrl`: for the command line, probes and scrapers, not for browsers. */
  readonly ownUrl?: string;
}

export function createGuard({ baseUrl, allowedHosts, ownUrl = baseUrl }: GuardOptions): Guard {
  const base = new URL(baseUrl);
  const names = [...namesOf(base), ...allowedHosts.map((host) => host.toLowerCase())];
  const hosts = new Set([...names, ...namesOf(new URL(ownUrl))]);
  const origins = [...new Set([base.origin, ...names.map((host) => `${base.protocol}//${host}`)])];
  const known = new Set(origins);

  return {
    origins,
    refusal({ method, headers, upgrade }) {
      const host = headers.host?.toLowerCase();
      if (host === undefined || !hosts.has(host))
        return `This server is not called ${host ?? '(no Host header)'}. Use ${baseUrl}, or name the host in TULLE_ALLOWED_HOSTS.`;
      const { origin } = headers;
      if (origin !== undefined)
        return known.has(origin)
          ? undefined
          : `Requests from ${origin} are refused; open ${baseUrl} instead.`;
      if (headers['sec-fetch-site'] === 'cross-site' && (upgrade || method !== 'GET'))
        return `Requests from other sites are refused; open ${baseUrl} instead.`;
      // Browsers name their Origin on every upgrade; programs show a token.
      if (upgrade && headers.authorization === undefined)
        return 'A WebSocket needs an Origin or an Authorization header.';
      return undefined;
    },
  };
}

/** As a Host header writes them; the loopback is known by each of its names. */
function namesOf({ host, hostname, port }: URL): string[] {
  if (!isLoopback(hostname)) return [host];
  const suffix = port === '' ? '' : `:${port}`;
  return [host, `localhost${suffix}`, `127.0.0.1${suffix}`, `[::1]${suffix}`];
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}
