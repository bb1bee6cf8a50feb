import { type HelloRefusal, serverNameOf } from './client-hello.ts';
import { ALERT } from './tls-alert.ts';

/** Of the handshake message, and of all records it comes in. Those of browsers with post-quantum keys have 2 KiB. */
export const MAX_HELLO_BYTES = 16 * 1024;
const MAX_RECORD_BYTES = 16 * 1024;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;

export interface HelloRead {
  /** In lower case; '' when none was named. */
  readonly serverName: string;
}

/**
 * Finds the server name in the first bytes of a TLS connection, without decrypting anything: all that was pushed stays in
 * {@link bytes}, to be passed on as it came.
 */
export class ClientHelloReader {
  bytes: Buffer = Buffer.alloc(0);
  /** Where in `bytes` the next record begins. */
  private at = 0;
  /** The handshake message, put together from its records. */
  private message: Buffer = Buffer.alloc(0);

  /** Undefined until the ClientHello is complete. After an answer nothing more may be pushed. */
  push(bytes: Buffer): HelloRead | HelloRefusal | undefined {
    this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes]);
    for (;;) {
      const outcome = this.nextRecord();
      if (outcome !== 'read') return outcome;
      const hello = this.messageSoFar();
      if (hello !== undefined) return hello;
    }
  }

  /** Takes the next record into the message; undefined when it is not complete. */
  private nextRecord(): 'read' | HelloRefusal | undefined {
    const { bytes, at } = this;
    const type = bytes[at];
    const major = bytes[at + 1];
    if (type !== undefined && type !== HANDSHAKE_RECORD) return notTls;
    if (major !== undefined && major !== 3) return notTls;
    const start = at + RECORD_HEADER_BYTES;
    if (bytes.length < start) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    if (length > MAX_RECORD_BYTES) return { alert: ALERT.recordOverflow, reason: 'a record is too long' };
    // RFC 8446 section 5.1: no empty fragments of handshake messages.
    if (length === 0) return notTls;
    const end = start + length;
    if (end > MAX_HELLO_BYTES + RECORD_HEADER_BYTES) return tooLong;
    if (bytes.length < end) return undefined;
    const fragment = bytes.subarray(start, end);
    this.message = this.message.length === 0 ? fragment : Buffer.concat([this.message, fragment]);
    this.at = end;
    return 'read';
  }

  private messageSoFar(): HelloRead | HelloRefusal | undefined {
    const { message } = this;
    if (message[0] !== CLIENT_HELLO) return notTls;
    if (message.length < HANDSHAKE_HEADER_BYTES) return undefined;
    const end = HANDSHAKE_HEADER_BYTES + message.readUIntBE(1, 3);
    if (end > MAX_HELLO_BYTES) return tooLong;
    if (message.length < end) return undefined;
    // Whatever follows in the same record is no part of it, and nothing may follow (RFC 8446 section 5.1).
    if (message.length > end) return notTls;
    const serverName = serverNameOf(message.subarray(HANDSHAKE_HEADER_BYTES));
    return typeof serverName === 'string' ? { serverName } : serverName;
  }
}

const notTls: HelloRefusal = {
  alert: ALERT.unexpectedMessage,
  reason: 'the connection does not begin with a ClientHello of TLS',
};
const tooLong: HelloRefusal = { alert: ALERT.recordOverflow, reason: 'the ClientHello is too long' };
