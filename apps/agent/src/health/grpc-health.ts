/**
 * The two messages of grpc.health.v1.Health/Check, by hand: `HealthCheckRequest { string service = 1; }` and
 * `HealthCheckResponse { ServingStatus status = 1; }` (grpc-proto, health.proto), each behind the five bytes of gRPC:
 * not compressed, and its length.
 */
export const healthCheckPath = '/grpc.health.v1.Health/Check';

const FRAME_BYTES = 5;
const SERVICE_TAG = 0x0a;
const STATUS_FIELD = 1;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** ServingStatus. */
const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof statusNames)[number];

export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  // An empty string is what the field is when it is left out.
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.from([SERVICE_TAG, ...varint(name.length)]), name]);
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** Undefined when the bytes are no answer to a check. */
export function decodeHealthResponse(bytes: Uint8Array): ServingStatus | undefined {
  const [flag] = bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (flag !== 0 || bytes.length < FRAME_BYTES) return undefined;
  if (length.getUint32(1) !== bytes.length - FRAME_BYTES) return undefined;
  const status = statusIn(bytes.subarray(FRAME_BYTES));
  return status === undefined ? undefined : statusNames[status];
}

/** Of several, the last holds; of none, 0 (Protocol Buffers, "Encoding"). */
function statusIn(message: Uint8Array): number | undefined {
  let status = 0;
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    if (tag === undefined) return undefined;
    const wireType = tag.value & 7;
    const value = skip(message, tag.end, wireType);
    if (value === undefined || value.end > message.length) return undefined;
    if (tag.value >>> 3 === STATUS_FIELD && wireType === VARINT) status = value.value;
    at = value.end;
  }
  return status;
}

function skip(message: Uint8Array, at: number, wireType: number): Varint | undefined {
  switch (wireType) {
    case VARINT:
      return readVarint(message, at);
    case FIXED64:
      return { value: 0, end: at + 8 };
    case FIXED32:
      return { value: 0, end: at + 4 };
    case LENGTH_DELIMITED: {
      const length = readVarint(message, at);
      return length === undefined ? undefined : { value: 0, end: length.end + length.value };
    }
    default:
      return undefined;
  }
}

interface Varint {
  readonly value: number;
  readonly end: number;
}

function readVarint(bytes: Uint8Array, start: number): Varint | undefined {
  let value = 0;
  for (let at = start, factor = 1; at < bytes.length && at - start < 10; at++, factor *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
