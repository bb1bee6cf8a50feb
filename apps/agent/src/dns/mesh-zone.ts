import { serviceNameSchema } from '@tulle/mesh/names';
import { badVersion, type DnsAnswer, noData, noName, refused } from './dns-answer.ts';
import { CLASS, RCODE, TYPE } from './dns-message.ts';
import type { DnsQuery } from './dns-query.ts';

/** The only zone answered for: `<service>.mesh`. */
export const MESH_ZONE = 'mesh';

/** What the zone says; a service nobody knows yet is named, so that it can be asked for. */
export type ZoneAnswer = DnsAnswer | { readonly unknownService: string };

/** `addressOf` gives the four octets of a service that is known. */
export function answerFromZone(
  { labels, type, class: inClass, edns }: DnsQuery,
  addressOf: (service: string) => Uint8Array | undefined,
): ZoneAnswer {
  // RFC 6891 section 6.1.3: before anything else of the query is looked at.
  if (edns !== undefined && edns.version !== 0) return badVersion;
  const [service, ...rest] = labels;
  if (labels.at(-1) !== MESH_ZONE || (inClass !== CLASS.in && inClass !== CLASS.any)) return refused;
  if (service === undefined || rest.length === 0) return noData;
  if (rest.length > 1) return noName;
  const address = addressOf(service);
  if (address === undefined) {
    return serviceNameSchema.safeParse(service).success ? { unknownService: service } : noName;
  }
  if (type !== TYPE.a && type !== TYPE.any) return noData;
  return { rcode: RCODE.noError, address, authoritative: true };
}
