import { ALERT, type Alert } from './tls-alert.ts';

/** Why a ClientHello is not passed on. */
export interface HelloRefusal {
  readonly alert: Alert;
  readonly reason: string;
}

/** RFC 6066 section 3. */
const SERVER_NAME = 0;
const HOST_NAME = 0;

/** A DNS name in ASCII; addresses are no names here (RFC 6066 section 3). */
const hostName =
  /^(?=.{1,253}$)[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*$/;

/**
 * The server name, in lower case, of a ClientHello without its handshake header (RFC 8446 section 4.1.2, RFC 5246
 * section 7.4.1.2); '' when it names none. All of it is read, so that nobody else can read another name in it.
 */
export function serverNameOf(hello: Uint8Array): string | HelloRefusal {
  const cursor = new Cursor(hello);
  const version = cursor.number(2);
  cursor.skip(32);
  const session = cursor.vector(1);
  const suites = cursor.vector(2);
  const compression = cursor.vector(1);
  const wellFormed = !cursor.broken && session.length <= 32 && suites.length >= 2 && suites.length % 2 === 0;
  if (!wellFormed || compression.length < 1) return malformed;
  if (version >> 8 !== 3) return { alert: ALERT.protocolVersion, reason: 'this is no version of TLS' };
  // Before TLS 1.3 there may be none.
  if (cursor.atEnd) return '';
  const extensions = new Cursor(cursor.vector(2));
  if (cursor.broken || !cursor.atEnd) return malformed;
  return serverNameAmong(extensions);
}

function serverNameAmong(extensions: Cursor): string | HelloRefusal {
  const seen = new Set<number>();
  let serverName: string | HelloRefusal = '';
  while (!extensions.atEnd) {
    const type = extensions.number(2);
    const data = extensions.vector(2);
    if (extensions.broken) return malformed;
    // RFC 8446 section 4.2. With two, this agent and the service could each believe another.
    if (seen.has(type)) return { alert: ALERT.illegalParameter, reason: 'an extension stands there twice' };
    seen.add(type);
    if (type === SERVER_NAME) serverName = readServerName(data);
  }
  return serverName;
}

function readServerName(data: Uint8Array): string | HelloRefusal {
  const outer = new Cursor(data);
  const list = new Cursor(outer.vector(2));
  const type = list.number(1);
  const name = list.vector(2);
  const one = !outer.broken && outer.atEnd && !list.broken && list.atEnd && type === HOST_NAME;
  if (!one) return malformed;
  const text = String.fromCharCode(...name.subarray(0, 256)).toLowerCase();
  if (hostName.test(text)) return text;
  return { alert: ALERT.unrecognizedName, reason: 'the server name is no name of DNS' };
}

const malformed: HelloRefusal = { alert: ALERT.decodeError, reason: 'the ClientHello cannot be read' };

const nothing = new Uint8Array(0);

/** Reads on until something is missing; from then on it is broken, and all it gives is empty. */
class Cursor {
  broken = false;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.broken || this.at === this.bytes.length;
  }

  number(octets: 1 | 2): number {
    const start = this.at;
    if (!this.skip(octets)) return 0;
    const first = this.bytes[start] ?? 0;
    return octets === 1 ? first : (first << 8) | (this.bytes[start + 1] ?? 0);
  }

  /** RFC 8446 section 3.4: its length, then so many octets. */
  vector(lengthOctets: 1 | 2): Uint8Array {
    const length = this.number(lengthOctets);
    const start = this.at;
    return this.skip(length) ? this.bytes.subarray(start, start + length) : nothing;
  }

  skip(octets: number): boolean {
    if (this.broken || this.at + octets > this.bytes.length) {
      this.broken = true;
      return false;
    }
    this.at += octets;
    return true;
  }
}
