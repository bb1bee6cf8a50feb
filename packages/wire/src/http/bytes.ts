/** What the codec needs of a buffer; Node's Buffer is one. */
export interface Bytes extends Uint8Array {
  toString(encoding?: 'latin1', start?: number, end?: number): string;
  subarray(start?: number, end?: number): Bytes;
}

declare const Buffer: { concat(list: readonly Uint8Array[]): Bytes; alloc(size: number): Bytes };

export const noBytes: Bytes = Buffer.alloc(0);

export function joinBytes(first: Bytes, second: Bytes): Bytes {
  return first.length === 0 ? second : Buffer.concat([first, second]);
}
