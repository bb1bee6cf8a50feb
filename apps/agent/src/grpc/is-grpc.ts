import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead } from '@tulle/wire/http/message-head';

/** What a content type says about gRPC: the protocol itself, gRPC-Web, its base64 form, or nothing. */
export type GrpcFlavour = 'grpc' | 'grpc-web' | 'grpc-web-text';

const prefix = 'application/grpc';
const PLUS = 0x2b;
const SEMICOLON = 0x3b;
const SP = 0x20;
const HTAB = 0x09;
/** The first letter of "grpc", in either case: what no common content type has at this place. */
const G_AT = 'application/'.length;
const LOWER_G = 0x67;

/** Which gRPC a Content-Type or one member of Accept names; undefined when none. */
export function grpcFlavourOf(contentType: string | undefined): GrpcFlavour | undefined {
  if (contentType === undefined || contentType.length < prefix.length) return undefined;
  if ((contentType.charCodeAt(G_AT) | 0x20) !== LOWER_G) return undefined;
  if (contentType === prefix) return 'grpc';
  // RFC 9110 section 8.3.1: types are case-insensitive.
  const lower = contentType.toLowerCase();
  if (!lower.startsWith(prefix)) return undefined;
  if (endsType(lower, prefix.length)) return 'grpc';
  const rest = lower.slice(prefix.length);
  if (rest.startsWith('-web-text-base64') && endsType(rest, 16)) return 'grpc-web-text';
  if (rest.startsWith('-web-text') && endsType(rest, 9)) return 'grpc-web-text';
  if (rest.startsWith('-web') && endsType(rest, 4)) return 'grpc-web';
  return undefined;
}

export function isGrpc(contentType: string | undefined): boolean {
  return grpcFlavourOf(contentType) === 'grpc';
}

/** A request that gRPC's own protocol makes: everything else about it is asked only then. */
export function isGrpcCall(head: RequestHead): boolean {
  return head.method === 'POST' && isGrpc(head.known(FIELD.contentType));
}

/** `+proto` of `application/grpc+proto`, with parameters; '' when there is none. */
export function messageFormatOf(contentType: string): string {
  const at = contentType.indexOf('+');
  return at < 0 ? '' : contentType.slice(at);
}

/** The name is over: a message format, parameters or nothing follow. */
function endsType(type: string, at: number): boolean {
  if (type.length === at) return true;
  const code = type.charCodeAt(at);
  return code === PLUS || code === SEMICOLON || code === SP || code === HTAB;
}
