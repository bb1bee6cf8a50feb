import { ClientHelloReader } from './client-hello-reader.ts';

/**
 * For a fuzzer: whatever comes behind the first byte, which says how it is cut, nothing throws, and the answer is the same
 * as without cuts. Throws when that does not hold.
 */
export function fuzzClientHello(input: Uint8Array): void {
  const size = 1 + ((input[0] ?? 0) & 0x3f);
  const bytes = Buffer.from(input.subarray(1));
  const whole = JSON.stringify(new ClientHelloReader().push(bytes));
  const reader = new ClientHelloReader();
  let pieces: string | undefined;
  for (let at = 0; at < bytes.length && pieces === undefined; at += size) {
    pieces = JSON.stringify(reader.push(bytes.subarray(at, at + size)));
  }
  if (pieces !== whole) throw new Error(`in one piece ${whole}, in pieces of ${size} ${pieces}`);
}
