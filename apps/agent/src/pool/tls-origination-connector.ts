import { isIP, type Socket } from 'node:net';
import tls from 'node:tls';
import type { TlsOrigination } from '@tulle/mesh/service';
import type { Connector, PeerProtocol } from './connector.ts';

/** What is offered to a server outside of the mesh: a declared `http2` may still turn out to be HTTP/1.1. */
const offered: Readonly<Record<PeerProtocol, string[] | undefined>> = {
  http1: ['http/1.1'],
  http2: ['h2', 'http/1.1'],
  tcp: undefined,
};

/** The name a server outside of the mesh is called by: in SNI, in its certificate and in the requests to it. */
export function externalName(host: string, { serverName }: TlsOrigination): string {
  return serverName === '' ? host : serverName;
}

/**
 * TLS to a server outside of the mesh, as a browser makes it: chain and name are verified, and this agent shows no
 * certificate. Names are resolved anew for every connection.
 */
export function tlsOriginationConnector(
  host: string,
  port: number,
  protocol: PeerProtocol,
  origination: TlsOrigination,
): Connector {
  const name = externalName(host, origination);
  let secureContext: tls.SecureContext | undefined;
  return {
    readyEvent: 'secureConnect',
    protocol,
    generation: 0,
    isCurrent: () => true,
    identify: () => undefined,
    open(): Socket {
      secureContext ??= contextFor(origination.caPem);
      const ALPNProtocols = offered[protocol];
      return tls.connect({
        host,
        port,
        secureContext,
        // An address is verified as one, and is no server name (RFC 6066 section 3).
        servername: isIP(name) === 0 ? name : '',
        checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name, certificate),
        rejectUnauthorized: true,
        ...(ALPNProtocols && { ALPNProtocols }),
        ...(protocol === 'tcp' && { allowHalfOpen: true }),
      });
    },
  };
}

let publicContext: tls.SecureContext | undefined;

function contextFor(caPem: string): tls.SecureContext {
  if (caPem !== '') return tls.createSecureContext({ minVersion: 'TLSv1.2', ca: caPem });
  // A megabyte of certificates: made when the first external service is called, and for all of them.
  publicContext ??= tls.createSecureContext({ minVersion: 'TLSv1.2', ca: publicAuthorities() });
  return publicContext;
}

/** Those of the system and of NODE_EXTRA_CA_CERTS; those that came with Node where the system has none. */
function publicAuthorities(): string[] {
  const system = tls.getCACertificates('system');
  const authorities = system.length > 0 ? system : tls.getCACertificates('bundled');
  return [...authorities, ...tls.getCACertificates('extra')];
}
