/** What the codec needs of a buffer; Node's Buffer is one. */
export interface Bytes extends Uint8Array {
  toString(encoding?: 'latin1', start?: number, end?: number): string;
  subarray(start?: number, end?: number): Bytes;
  copy(target: Uint8Array, targetStart: number, start: number, end: number): number;
  write(text: string, at: number, length: number, encoding: 'latin1'): number;
}

declare const Buffer: {
  concat(list: readonly Uint8Array[]): Bytes;
  alloc(size: number): Bytes;
  allocUnsafeSlow(size: number): Bytes;
};

export const noBytes: Bytes = Buffer.alloc(0);

export function joinBytes(first: Bytes, second: Bytes): Bytes {
  return first.length === 0 ? second : Buffer.concat([first, second]);
}

/** Bytes to be written before they are read: they hold whatever was there. */
export function newBytes(size: number): Bytes {
  return Buffer.allocUnsafeSlow(size);
}

/** A range in memory of its own, to be kept longer than the call that brought it. */
export function copyBytes(bytes: Bytes, start: number, end: number): Bytes {
  const copy = newBytes(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}
