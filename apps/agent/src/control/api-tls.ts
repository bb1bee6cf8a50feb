import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { trustDomainSchema } from '@tulle/mesh/names';
import { controlPlaneSpiffeId } from '@tulle/mesh/spiffe';
import type { Identity } from '../identity/identity.ts';

/** What a `tls.connect` to the API needs; Node verifies the chain before it asks for the server's identity. */
export function sessionTls(identity: Identity): ConnectionOptions {
  return {
    minVersion: 'TLSv1.3',
    ca: identity.trustBundlePem,
    cert: identity.certificateChainPem,
    key: identity.keyPem,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => {
      const wanted = controlPlaneSpiffeId(identity.trustDomain);
      const found = spiffeIdOf(certificate);
      if (found === wanted) return undefined;
      return new Error(`The server is ${found ?? 'nobody with a SPIFFE ID'}, not ${wanted}.`);
    },
  };
}

/** For the first contact, when the trust domain is not known yet: any control plane under the pinned root. */
export function joinTls(rootPem: string): ConnectionOptions {
  return {
    minVersion: 'TLSv1.3',
    ca: rootPem,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => {
      const found = spiffeIdOf(certificate);
      if (found !== undefined && controlPlaneDomain(found) !== undefined) return undefined;
      return new Error(`The server is ${found ?? 'nobody with a SPIFFE ID'}, not a control plane.`);
    },
  };
}

/** The trust domain of a control plane's SPIFFE ID; undefined for every other ID. */
export function controlPlaneDomain(spiffeId: string): string | undefined {
  const domain = /^spiffe:\/\/([^/]+)\/control-plane$/.exec(spiffeId)?.[1];
  return trustDomainSchema.safeParse(domain).success ? domain : undefined;
}

/** X509-SVID section 2: exactly one URI name; other kinds of names may stand beside it. */
export function spiffeIdOf(certificate: PeerCertificate): string | undefined {
  const names: string | undefined = certificate.subjectaltname;
  const uris = (names ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  return uris.length === 1 ? uris[0]?.slice('URI:'.length) : undefined;
}
