import { CLASS, HEADER_BYTES, RCODE, TYPE } from './dns-message.ts';
import type { DnsQuery, UnusableQuery } from './dns-query.ts';

/** What is said about a name; `authority` adds the SOA record, which says how long "no" may be remembered. */
export interface DnsAnswer {
  readonly rcode: number;
  /** Four octets of an IPv4 address. */
  readonly address: Uint8Array | undefined;
  /** This server speaks for the zone of the name. */
  readonly authoritative: boolean;
}

/** An address stays the same, but a service may end. */
const ADDRESS_TTL_S = 5;
/** A name that was missing may come with the next configuration. */
const NEGATIVE_TTL_S = 1;

/** RFC 9715: what passes any path unfragmented. Ours are far below. */
const UDP_PAYLOAD_BYTES = 1_232;
const OPT_BYTES = 11;

/** Refers to the name in the question (RFC 1035 section 4.1.4). */
const TO_QUESTION = 0xc000 | HEADER_BYTES;
/** The zone's name at the end of every name in it: one label and the root. */
const ZONE_BYTES = 6;

/** Always below 512 octets, so that no answer needs to be cut. */
export function writeAnswer(query: DnsQuery, answer: DnsAnswer): Uint8Array {
  const { question, edns } = query;
  const { rcode, address, authoritative } = answer;
  const withSoa = authoritative && address === undefined;
  const flags = 0x8000 | (authoritative ? 0x0400 : 0) | (query.recursionDesired ? 0x0100 : 0);
  const writer = new Writer(HEADER_BYTES + question.length + 64 + OPT_BYTES);
  writer.u16(query.id);
  writer.u16(flags | (rcode & 0xf));
  writer.u16(1);
  writer.u16(address === undefined ? 0 : 1);
  writer.u16(withSoa ? 1 : 0);
  writer.u16(edns === undefined ? 0 : 1);
  writer.bytes(question);
  if (address !== undefined) writeAddress(writer, address);
  if (withSoa) writeSoa(writer, HEADER_BYTES + question.length - 4 - ZONE_BYTES);
  if (edns !== undefined) writeOpt(writer, rcode >> 4, edns.dnssecOk);
  return writer.written();
}

/** The header alone: what could not be read is not repeated. */
export function writeUnusable({ id, opcode, recursionDesired, rcode }: UnusableQuery): Uint8Array {
  const writer = new Writer(HEADER_BYTES);
  writer.u16(id);
  writer.u16(0x8000 | (opcode << 11) | (recursionDesired ? 0x0100 : 0) | rcode);
  for (let count = 0; count < 4; count++) writer.u16(0);
  return writer.written();
}

export const refused: DnsAnswer = { rcode: RCODE.refused, address: undefined, authoritative: false };
export const serverFailure: DnsAnswer = { ...refused, rcode: RCODE.serverFailure };
export const badVersion: DnsAnswer = { ...refused, rcode: RCODE.badVersion };
/** The name exists, but has nothing of this type (RFC 2308 section 2.2). */
export const noData: DnsAnswer = { rcode: RCODE.noError, address: undefined, authoritative: true };
export const noName: DnsAnswer = { ...noData, rcode: RCODE.nameError };

function writeAddress(writer: Writer, address: Uint8Array): void {
  writer.u16(TO_QUESTION);
  writer.u16(TYPE.a);
  writer.u16(CLASS.in);
  writer.u32(ADDRESS_TTL_S);
  writer.u16(address.length);
  writer.bytes(address);
}

/** RFC 1035 section 3.3.13: primary server, mailbox, serial, refresh, retry, expire, minimum. */
function writeSoa(writer: Writer, zoneAt: number): void {
  const mailbox = 'hostmaster';
  writer.u16(0xc000 | zoneAt);
  writer.u16(TYPE.soa);
  writer.u16(CLASS.in);
  writer.u32(NEGATIVE_TTL_S);
  writer.u16(2 + 1 + mailbox.length + 2 + 20);
  writer.u16(0xc000 | zoneAt);
  writer.bytes([mailbox.length, ...Array.from(mailbox, (letter) => letter.charCodeAt(0))]);
  writer.u16(0xc000 | zoneAt);
  for (const seconds of [1, 3_600, 600, 86_400, NEGATIVE_TTL_S]) writer.u32(seconds);
}

function writeOpt(writer: Writer, extendedRcode: number, dnssecOk: boolean): void {
  writer.bytes([0]);
  writer.u16(TYPE.opt);
  writer.u16(UDP_PAYLOAD_BYTES);
  writer.bytes([extendedRcode, 0]);
  // RFC 3225 section 3: the bit is returned as it came.
  writer.u16(dnssecOk ? 0x8000 : 0);
  writer.u16(0);
}

class Writer {
  private readonly target: Uint8Array;
  private at = 0;

  constructor(maxBytes: number) {
    this.target = new Uint8Array(maxBytes);
  }

  u16(value: number): void {
    this.target[this.at++] = value >> 8;
    this.target[this.at++] = value;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  bytes(values: ArrayLike<number>): void {
    this.target.set(values, this.at);
    this.at += values.length;
  }

  written(): Uint8Array {
    return this.target.subarray(0, this.at);
  }
}
