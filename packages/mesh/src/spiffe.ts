import { serviceNameSchema, trustDomainSchema } from './names.ts';

/** The SPIFFE ID of a service: `spiffe://<trust-domain>/service/<name>` (SPIFFE-ID §2). */
export function serviceSpiffeId(trustDomain: string, service: string): string {
  return `spiffe://${trustDomain}/service/${service}`;
}

/** The SPIFFE ID of the API itself, which agents expect on its listener. */
export function controlPlaneSpiffeId(trustDomain: string): string {
  return `spiffe://${trustDomain}/control-plane`;
}

export interface ServiceIdentity {
  readonly trustDomain: string;
  readonly service: string;
}

/** Reads the identity of a service from its SPIFFE ID; undefined when the text is anything else. */
export function parseServiceSpiffeId(id: string): ServiceIdentity | undefined {
  const match = /^spiffe:\/\/([^/]+)\/service\/([^/]+)$/.exec(id);
  const trustDomain = match?.[1];
  const service = match?.[2];
  if (trustDomain === undefined || service === undefined) return undefined;
  if (!trustDomainSchema.safeParse(trustDomain).success) return undefined;
  if (!serviceNameSchema.safeParse(service).success) return undefined;
  return { trustDomain, service };
}
