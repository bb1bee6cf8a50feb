import type { FieldSection } from './field-section.ts';
import { FIELD } from './known-fields.ts';

/**
 * What has to be known before the content (RFC 9110 section 6.5.1): who asks, how the request is modified, where and how
 * the answer is kept, what the content is. What frames a message or says who sent it is refused already.
 */
const names = [
  'authorization www-authenticate cookie cookie2 set-cookie set-cookie2 realm',
  'max-forwards pragma prefer priority range early-data origin referer user-agent',
  'accept accept-charset accept-encoding accept-language accept-ranges allow',
  'age cache-control clear-site-data date expires location refresh retry-after vary warning alt-svc via',
  'content-disposition content-encoding content-language content-location content-range content-type',
  'content-security-policy strict-transport-security x-frame-options x-content-type-options',
  'grpc-encoding grpc-timeout traceparent tracestate baggage',
  'x-http-method x-http-method-override x-method-override x-original-url x-rewrite-url',
];
const forHeads: ReadonlySet<string> = new Set(names.flatMap((line) => line.split(' ')));
const prefixesForHeads = /^(?:if-|sec-|access-control-)/;

/**
 * Has fields left out of a trailer section that mean something in a head alone: a server that merges the two would take
 * them for what nobody on the way has seen in its head. Other fields pass, gRPC's status and metadata among them.
 */
export function leaveOutForHeads(trailers: FieldSection): void {
  for (let index = 0; index < trailers.count; index++) {
    if (trailers.idAt(index) === FIELD.grpcStatus) continue;
    const name = trailers.lowerNameAt(index);
    if (isForHead(name)) trailers.leaveOut(name);
  }
}

/** As CGI and its heirs read a name, to whom hyphen and underscore are one (RFC 3875 section 4.1.18). */
function isForHead(name: string): boolean {
  const alike = name.includes('_') ? name.replaceAll('_', '-') : name;
  return forHeads.has(alike) || prefixesForHeads.test(alike);
}
