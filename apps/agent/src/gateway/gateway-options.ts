import * as z from 'zod/mini';
import type { DataPlaneOptions } from '../data-plane.ts';
import { flagOf, host, list, listenPort, setting, UsageError } from '../lifecycle/options.ts';
import type { CertificateFiles } from './certificate-files.ts';

/** `shop.crt=shop.key`. */
const certificateFiles = z.pipe(
  z.transform((value) => {
    if (typeof value !== 'string') return value;
    const [certificate, key] = value.split('=', 2);
    return { certificate, key };
  }),
  z.object({
    certificate: z.string().check(z.minLength(1)),
    key: z.string('a certificate and its key: shop.crt=shop.key').check(z.minLength(1)),
  }),
);

/** Of an agent of the API whose service is a gateway. Which hosts it lets in is said there; a private key never passes it. */
export const gatewayFields = {
  gatewayHttpsPort: setting(
    'Where a Gateway lets in HTTPS from outside of the mesh; needs certificates',
    z.optional(listenPort),
  ),
  gatewayHttpPort: setting(
    'Where a Gateway lets in plain HTTP from outside of the mesh',
    z.optional(listenPort),
  ),
  gatewayHost: setting('Address the ports of a gateway bind', z._default(host, '0.0.0.0')),
  gatewayCertificates: setting(
    'What a gateway shows, PEM files that are read again whenever they change: shop.crt=shop.key,other.crt=other.key',
    z._default(list(certificateFiles, 1), []),
  ),
} as const;

const gatewayOptionsSchema = z.object(gatewayFields);
export type GatewayOptions = z.infer<typeof gatewayOptionsSchema>;

/** Undefined for an agent that is none. */
export function gatewayAddresses(options: Partial<GatewayOptions>): DataPlaneOptions['gateway'] {
  const { gatewayHost: host = '0.0.0.0', gatewayHttpPort: http, gatewayHttpsPort: https } = options;
  if (http === undefined && https === undefined) return undefined;
  return {
    http: http === undefined ? undefined : { host, port: http },
    https: https === undefined ? undefined : { host, port: https },
  };
}

/** Throws a UsageError for a port that would have nothing to show. */
export function gatewayCertificates(options: Partial<GatewayOptions>): readonly CertificateFiles[] {
  const { gatewayCertificates: files = [], gatewayHttpsPort } = options;
  if (gatewayHttpsPort !== undefined && files.length === 0)
    throw new UsageError(`HTTPS needs something to show: name it with ${flagOf('gatewayCertificates')}.`);
  return files;
}
