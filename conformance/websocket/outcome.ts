import { createHash } from 'node:crypto';

/** What both sides of a connection met; equal with and without agents between. */
export interface Outcome {
  /** Bytes the raw side received behind the handshake: number and digest. */
  readonly received: string;
  /** What the WebSocket library at the other side told. */
  readonly told: readonly string[];
}

export const digest = (bytes: Buffer): string =>
  `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('base64url').slice(0, 12)} ${bytes.subarray(0, 16).toString('hex')}`;
