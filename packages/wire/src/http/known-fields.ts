/**
 * Fields whose meaning the codec or a proxy acts on, numbered so that a head can be searched and
 * stripped without comparing strings. 0 stands for every other field.
 */
export const FIELD = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  keepAlive: 5,
  proxyConnection: 6,
  proxyAuthenticate: 7,
  proxyAuthorization: 8,
  te: 9,
  upgrade: 10,
  expect: 11,
  trailer: 12,
  traceparent: 13,
  /** Any field whose name starts with "x-tulle-": only an agent may set these. */
  mesh: 14,
  forwarded: 15,
  forwardedClientCertificate: 16,
  accept: 17,
  http2Settings: 18,
  cookie: 19,
  contentType: 20,
  grpcStatus: 21,
  grpcTimeout: 22,
  webSocketKey: 23,
  webSocketAccept: 24,
  tracestate: 25,
  /** What proxies say of the request they took in, as nobody standardised it: "x-forwarded-…" and "x-real-ip". */
  forwardedAlike: 26,
} as const;

export type FieldId = (typeof FIELD)[keyof typeof FIELD];
export const FIELD_ID_COUNT = 27;

const names: readonly (readonly [string, FieldId])[] = [
  ['host', FIELD.host],
  ['content-length', FIELD.contentLength],
  ['transfer-encoding', FIELD.transferEncoding],
  ['connection', FIELD.connection],
  ['keep-alive', FIELD.keepAlive],
  ['proxy-connection', FIELD.proxyConnection],
  ['proxy-authenticate', FIELD.proxyAuthenticate],
  ['proxy-authorization', FIELD.proxyAuthorization],
  ['te', FIELD.te],
  ['upgrade', FIELD.upgrade],
  ['expect', FIELD.expect],
  ['trailer', FIELD.trailer],
  ['traceparent', FIELD.traceparent],
  ['forwarded', FIELD.forwarded],
  ['x-forwarded-client-cert', FIELD.forwardedClientCertificate],
  ['accept', FIELD.accept],
  ['http2-settings', FIELD.http2Settings],
  ['cookie', FIELD.cookie],
  ['content-type', FIELD.contentType],
  ['grpc-status', FIELD.grpcStatus],
  ['grpc-timeout', FIELD.grpcTimeout],
  ['sec-websocket-key', FIELD.webSocketKey],
  ['sec-websocket-accept', FIELD.webSocketAccept],
  ['tracestate', FIELD.tracestate],
];

interface Candidate {
  bytes: Uint8Array;
  id: FieldId;
}

export const bytesOf = (name: string) => Uint8Array.from(name, (character) => character.charCodeAt(0));

/** By length of the name: at most two comparisons find or exclude a field. */
const candidates: readonly (readonly Candidate[])[] = Array.from({ length: 32 }, (_, length) =>
  names.filter(([name]) => name.length === length).map(([name, id]) => ({ bytes: bytesOf(name), id })),
);

const meshPrefix = bytesOf('x-tulle-');
const clientCertificate = bytesOf('x-forwarded-client-cert');
const forwardedPrefix = bytesOf('x-forwarded-');
const realAddress = bytesOf('x-real-ip');

/** Whether the bytes at `at` are `lowercase`, in whatever case. */
export function startsWith(bytes: Uint8Array, at: number, lowercase: Uint8Array): boolean {
  for (let i = 0; i < lowercase.length; i++) {
    const byte = bytes[at + i] as number;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== lowercase[i]) return false;
  }
  return true;
}

/**
 * As CGI and its heirs read a name, to whom hyphen and underscore are one (RFC 3875 section 4.1.18). Only for fields
 * that say who somebody is: `x_tulle_source` must not reach a service that takes it for ours.
 */
function startsAlike(bytes: Uint8Array, at: number, lowercase: Uint8Array): boolean {
  for (let i = 0; i < lowercase.length; i++) {
    const byte = bytes[at + i] as number;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== lowercase[i] && !(byte === 0x5f && lowercase[i] === 0x2d)) return false;
  }
  return true;
}

/** Which known field has the name at `start`..`end`; the name is already known to be a token. */
export function fieldIdOf(bytes: Uint8Array, start: number, end: number): FieldId {
  const length = end - start;
  const sameLength = candidates[length];
  if (sameLength !== undefined) {
    for (let i = 0; i < sameLength.length; i++) {
      const candidate = sameLength[i] as Candidate;
      if (startsWith(bytes, start, candidate.bytes)) return candidate.id;
    }
  }
  if (length > meshPrefix.length && startsAlike(bytes, start, meshPrefix)) return FIELD.mesh;
  if (length > forwardedPrefix.length && startsAlike(bytes, start, forwardedPrefix))
    return length === clientCertificate.length && startsAlike(bytes, start, clientCertificate)
      ? FIELD.forwardedClientCertificate
      : FIELD.forwardedAlike;
  return length === realAddress.length && startsAlike(bytes, start, realAddress)
    ? FIELD.forwardedAlike
    : FIELD.other;
}

/** A table for {@link FieldSection.kept}: 1 for each field to leave out. */
export function dropTable(...ids: FieldId[]): Uint8Array {
  const table = new Uint8Array(FIELD_ID_COUNT);
  for (const id of ids) table[id] = 1;
  return table;
}

/**
 * RFC 9110 section 7.6.1: fields of one connection only, to be removed before a message is passed on.
 * Transfer-Encoding and Upgrade are written anew by the sender where they apply.
 */
export const hopByHop: readonly FieldId[] = [
  FIELD.connection,
  FIELD.keepAlive,
  FIELD.proxyConnection,
  FIELD.proxyAuthenticate,
  FIELD.proxyAuthorization,
  FIELD.te,
  FIELD.transferEncoding,
  FIELD.upgrade,
  FIELD.http2Settings,
];

/** RFC 9110 section 6.5.1: framing, routing and connection fields have no meaning in a trailer, only danger. */
const headOnly = dropTable(
  ...hopByHop,
  FIELD.host,
  FIELD.contentLength,
  FIELD.expect,
  FIELD.trailer,
  FIELD.mesh,
  FIELD.forwarded,
  FIELD.forwardedAlike,
  FIELD.forwardedClientCertificate,
);

export function mayTrail(id: FieldId): boolean {
  return headOnly[id] !== 1;
}
