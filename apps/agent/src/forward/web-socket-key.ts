import { createHash, randomBytes } from 'node:crypto';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Value of Sec-WebSocket-Accept for a key. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(key).update(GUID).digest('base64');
}

/** A key for a handshake that came over HTTP/2 and goes on over HTTP/1.1. */
export function newKey(): string {
  return randomBytes(16).toString('base64');
}
