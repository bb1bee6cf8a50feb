import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, version 00: neither the trace nor the parent may be all zeros. */
const valid = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;

const BYTES_PER_TRACE = 24;
const pool = Buffer.alloc(BYTES_PER_TRACE * 256);
let next = pool.length;

export function isTraceparent(value: string): boolean {
  return valid.test(value);
}

/** The field line that starts a trace. Random bytes are drawn for many traces at once. */
export function newTraceparentLine(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const hex = pool.toString('hex', next, next + BYTES_PER_TRACE);
  next += BYTES_PER_TRACE;
  return `traceparent: 00-${hex.substring(0, 32)}-${hex.substring(32)}-00\r\n`;
}
