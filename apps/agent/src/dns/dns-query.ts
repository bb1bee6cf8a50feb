import { HEADER_BYTES, MAX_LABEL_BYTES, MAX_NAME_BYTES, RCODE, TYPE } from './dns-message.ts';

/** Longer than any question for an address; more is refused unread. */
export const MAX_QUERY_BYTES = 4_096;

/** OPT, and perhaps a signature (RFC 8945) which nobody here can check. */
const MAX_ADDITIONAL_RECORDS = 4;

/** A query that can be answered. */
export interface DnsQuery {
  readonly id: number;
  readonly recursionDesired: boolean;
  /** Name, type and class as they came: repeated in the answer, because some resolvers mix cases to know their own. */
  readonly question: Uint8Array;
  /** In lower case and latin1; empty for the root. */
  readonly labels: readonly string[];
  readonly type: number;
  readonly class: number;
  readonly edns: Edns | undefined;
}

/** RFC 6891. */
export interface Edns {
  readonly version: number;
  readonly dnssecOk: boolean;
}

/** A query that is answered with an error and nothing else. */
export interface UnusableQuery {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly rcode: number;
}

/** Undefined where an answer would be wrong: to what is no query, or has not even a number. */
export function readQuery(bytes: Uint8Array): DnsQuery | UnusableQuery | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const id = u16(bytes, 0);
  const flags = u16(bytes, 2);
  // Answering an answer could make two servers talk for ever.
  if ((flags & 0x8000) !== 0) return undefined;
  const opcode = (flags >> 11) & 0xf;
  const recursionDesired = (flags & 0x0100) !== 0;
  const unusable = (rcode: number): UnusableQuery => ({ id, opcode, recursionDesired, rcode });
  if (opcode !== 0) return unusable(RCODE.notImplemented);
  const additional = u16(bytes, 10);
  const oneQuestion = u16(bytes, 4) === 1 && u16(bytes, 6) === 0 && u16(bytes, 8) === 0;
  if (!oneQuestion || additional > MAX_ADDITIONAL_RECORDS || bytes.length > MAX_QUERY_BYTES)
    return unusable(RCODE.formatError);
  const nameEnd = endOfName(bytes, HEADER_BYTES);
  if (nameEnd < 0 || nameEnd + 4 > bytes.length) return unusable(RCODE.formatError);
  const edns = readAdditional(bytes, nameEnd + 4, additional);
  if (edns === 'malformed') return unusable(RCODE.formatError);
  return {
    id,
    recursionDesired,
    question: bytes.slice(HEADER_BYTES, nameEnd + 4),
    labels: labelsOf(bytes, HEADER_BYTES),
    type: u16(bytes, nameEnd),
    class: u16(bytes, nameEnd + 2),
    edns,
  };
}

/** Where the name that begins at `at` ends, or -1. Nothing stands before the question that it could point to. */
function endOfName(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const length = bytes[at];
    // Also refuses pointers (RFC 1035 section 4.1.4) and the label types that were never used.
    if (length === undefined || length > MAX_LABEL_BYTES) return -1;
    at += 1 + length;
    if (at - start > MAX_NAME_BYTES || at > bytes.length) return -1;
    if (length === 0) return at;
  }
}

function labelsOf(bytes: Uint8Array, start: number): string[] {
  const labels: string[] = [];
  let at = start;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    labels.push(String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length)).toLowerCase());
    at += 1 + length;
  }
  return labels;
}

/** Reads over what follows the question, to the last octet; at most one OPT may be among it. */
function readAdditional(bytes: Uint8Array, start: number, count: number): Edns | undefined | 'malformed' {
  let at = start;
  let edns: Edns | undefined;
  for (let record = 0; record < count; record++) {
    const nameEnd = endOfName(bytes, at);
    if (nameEnd < 0 || nameEnd + 10 > bytes.length) return 'malformed';
    const end = nameEnd + 10 + u16(bytes, nameEnd + 8);
    if (end > bytes.length) return 'malformed';
    if (u16(bytes, nameEnd) === TYPE.opt) {
      const ofTheRoot = nameEnd === at + 1;
      if (edns !== undefined || !ofTheRoot || !areOptions(bytes, nameEnd + 10, end)) return 'malformed';
      edns = { version: bytes[nameEnd + 5] ?? 0, dnssecOk: ((bytes[nameEnd + 6] ?? 0) & 0x80) !== 0 };
    }
    at = end;
  }
  return at === bytes.length ? edns : 'malformed';
}

/** RFC 6891 section 6.1.2: code, length, data, again and again. */
function areOptions(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at + 4 <= end) at += 4 + u16(bytes, at + 2);
  return at === end;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
