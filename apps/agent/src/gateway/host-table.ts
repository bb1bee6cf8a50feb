import type { GatewayRoute } from '@tulle/mesh/gateway';

/** Authorities remembered with their answer; more would let a caller fill the memory with invented ones. */
const MAX_REMEMBERED = 2_048;

/**
 * The services that hosts stand for. The exact name wins, else the longest `*.` above it: `*.example.com` holds for
 * `a.example.com` and `a.b.example.com`, not for `example.com` (Gateway API's HTTPRouteSpec.hostnames). Immutable.
 */
export class HostTable {
  private readonly exact = new Map<string, string>();
  /** By what stands behind the `*.`. */
  private readonly below = new Map<string, string>();
  private readonly remembered = new Map<string, string>();

  constructor(routes: readonly GatewayRoute[]) {
    for (const { hostnames, service } of routes)
      for (const name of hostnames) {
        if (name.startsWith('*.')) this.below.set(name.slice(2), service);
        else this.exact.set(name, service);
      }
  }

  /** `authority` as it came: in any case, with a port or without. Undefined when no route names the host. */
  find(authority: string): string | undefined {
    const known = this.remembered.get(authority);
    if (known !== undefined) return known;
    const service = this.lookUp(hostOf(authority));
    if (service !== undefined && this.remembered.size < MAX_REMEMBERED)
      this.remembered.set(authority, service);
    return service;
  }

  private lookUp(host: string): string | undefined {
    const exact = this.exact.get(host);
    if (exact !== undefined) return exact;
    for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const service = this.below.get(host.substring(dot + 1));
      if (service !== undefined) return service;
    }
    return undefined;
  }
}

/** The name in an authority, in lower case; also of one that is written with the final dot of the root. */
export function hostOf(authority: string): string {
  const colon = authority.indexOf(':');
  const host = (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase();
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
