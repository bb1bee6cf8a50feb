import { ClientHelloReader } from './client-hello-reader.ts';

/**
 * For a fuzzer: whatever comes in, nothing throws, and the answer is the same however the bytes are cut. Throws when that
 * does not hold.
 */
export function fuzzClientHello(input: Uint8Array): void {
  const whole = JSON.stringify(new ClientHelloReader().push(Buffer.from(input)));
  const reader = new ClientHelloReader();
  let pieces: string | undefined;
  for (let at = 0; at < input.length && pieces === undefined; at++) {
    pieces = JSON.stringify(reader.push(Buffer.from(input.subarray(at, at + 1))));
  }
  if (pieces !== whole) throw new Error(`in one piece ${whole}, octet by octet ${pieces}`);
}
