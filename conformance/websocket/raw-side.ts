import type { Duplex } from 'node:stream';
import type { WebSocketCase } from './cases.ts';
import { encode } from './frames.ts';

const PATIENCE_MS = 20_000;

/** Writes what the case says, and resolves with all that comes until the other side ends; `first` came already. */
export async function playRaw(
  stream: Duplex,
  { frames, chopBytes, hasWrongMask, cutAtBytes }: WebSocketCase,
  isClient: boolean,
  first: Buffer,
): Promise<Buffer> {
  const isMasked = isClient !== (hasWrongMask === true);
  const bytes = Buffer.concat(frames.map((frame) => encode(frame, isMasked)));
  const pieces: Buffer[] = [first];
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    resolve();
  }, PATIENCE_MS);
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('end', resolve);
  stream.on('close', resolve);
  // A side that fails the connection may reset it before it has read everything.
  stream.on('error', () => resolve());
  stream.resume();
  if (cutAtBytes !== undefined) {
    stream.end(bytes.subarray(0, cutAtBytes));
  } else if (chopBytes === undefined) {
    stream.write(bytes);
  } else {
    for (let at = 0; at < bytes.length && stream.writable; at += chopBytes) {
      stream.write(bytes.subarray(at, at + chopBytes));
      // The next turn of the loop: a write of its own, without a wait.
      await new Promise((next) => setImmediate(next));
    }
  }
  await promise;
  clearTimeout(timer);
  stream.destroy();
  if (isOver) throw new Error(`no end after ${pieces.reduce((sum, { length }) => sum + length, 0)} bytes`);
  return Buffer.concat(pieces);
}
