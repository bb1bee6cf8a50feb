import { HOST } from '../http/characters.ts';
import { readExpectation } from '../http/expectation.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { Http2ErrorReason } from './errors.ts';

/** What was read of a block besides its regular fields. */
interface ReadFields {
  readonly method: string;
  readonly path: string;
  readonly scheme: string;
  readonly authority: string;
  readonly protocol: string;
  readonly status: string;
  readonly host: string;
  readonly expects: boolean;
}

const MAX_METHOD_CHARACTERS = 32;
const SLASH = 0x2f;
const malformed = 'malformed-message';

/** Fills in the head of a request when its fields are complete (RFC 9113 section 8.3.1); else says what is wrong. */
export function judgeRequest(
  fields: ReadFields,
  head: RequestHead,
  ended: boolean,
  connectProtocol: boolean,
): Http2ErrorReason | undefined {
  const { method, path, protocol } = fields;
  if (method === '' || method.length > MAX_METHOD_CHARACTERS) return malformed;
  const authority = authorityOf(fields);
  if (authority === '') return malformed;
  head.major = 2;
  head.method = method;
  // RFC 9110 section 9.3.6: a tunnel has no content. As an Upgrade of HTTP/1.1 the length would take in the next request.
  if (method === 'CONNECT' && head.contentLength > 0) return malformed;
  head.authority = authority;
  if (method === 'CONNECT' && protocol === '') {
    // RFC 9113 section 8.5.
    if (path !== '' || fields.scheme !== '' || !/:\d{1,5}$/.test(authority)) return malformed;
    head.form = 'authority';
    head.target = authority;
  } else {
    if (protocol !== '') {
      // RFC 8441 section 4: only to those who said they take it.
      if (method !== 'CONNECT' || !connectProtocol) return malformed;
      head.upgrade = protocol.toLowerCase();
    }
    if (fields.scheme !== 'http' && fields.scheme !== 'https') return malformed;
    if (path.charCodeAt(0) === SLASH) head.form = 'origin';
    else if (path === '*' && method === 'OPTIONS') head.form = 'asterisk';
    else return malformed;
    head.scheme = fields.scheme;
    head.path = path;
    head.target = path;
  }
  head.hasBody = !ended;
  // RFC 9113 section 8.1.1.
  if (ended && head.contentLength > 0) return 'length-mismatch';
  head.chunked = head.hasBody && head.contentLength === -1;
  return fields.expects && !readExpectation(head) ? 'unsupported-expectation' : undefined;
}

/** RFC 9113 section 8.3.1: Host may stand beside :authority, or in its place, but not against it. '' is a refusal. */
function authorityOf({ authority, host }: ReadFields): string {
  if (host === '') return authority;
  if (authority !== '') return authority.toLowerCase() === host.toLowerCase() ? authority : '';
  for (let at = 0; at < host.length; at++) if (HOST[host.charCodeAt(at)] !== 1) return '';
  return host;
}

/** Fills in the head of a response (RFC 9113 section 8.3.2); how its body is framed depends on the request. */
export function judgeResponse({ status }: ReadFields, head: ResponseHead): Http2ErrorReason | undefined {
  if (status === '') return malformed;
  const code = Number(status);
  // RFC 9113 section 8.6: there is no switching of protocols.
  if (code < 100 || code > 599 || code === 101) return malformed;
  head.major = 2;
  head.status = code;
  return undefined;
}
