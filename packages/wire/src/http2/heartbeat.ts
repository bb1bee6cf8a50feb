import { FLAG, readUint32, writeUint32 } from './frame-header.ts';
import { PING_BYTES } from './frame-writer.ts';
import type { Http2Session } from './session.ts';

/** What a PING of ours was sent for; stands in its first four bytes, its number in the others. */
const FOR = { health: 1, shutDown: 2 } as const;

/** Asks the peer for signs of life (RFC 9113 section 6.7). */
export class Heartbeat {
  /** When the PING without an answer was sent; -1 when none is outstanding. */
  sentAtMs = -1;
  /** What the last answered PING took; -1 before. */
  roundTripMs = -1;
  private readonly session: Http2Session;
  private readonly data = new Uint8Array(PING_BYTES);
  private number = 0;

  constructor(session: Http2Session) {
    this.session = session;
  }

  /** Does nothing while an answer is due. */
  ping(nowMs: number): void {
    if (this.session.isOver || this.sentAtMs !== -1) return;
    this.sentAtMs = nowMs;
    this.number = (this.number + 1) >>> 0;
    this.send(FOR.health, this.number);
  }

  /** The answer says that the peer has read everything that was sent before. */
  askWhetherHeard(): void {
    this.send(FOR.shutDown, 0);
  }

  /** An answer that nobody asked for has no meaning. */
  onAck(bytes: Uint8Array, at: number): void {
    const kind = readUint32(bytes, at);
    if (kind === FOR.shutDown) {
      this.session.onShutDownHeard();
    } else if (kind === FOR.health && this.sentAtMs !== -1 && readUint32(bytes, at + 4) === this.number) {
      this.roundTripMs = this.session.nowMs - this.sentAtMs;
      this.sentAtMs = -1;
    }
  }

  /** The same eight bytes go back. */
  answer(bytes: Uint8Array, at: number): void {
    this.session.wantOutput();
    this.session.frames.ping(FLAG.ack, bytes, at);
  }

  private send(kind: number, number: number): void {
    writeUint32(this.data, 0, kind);
    writeUint32(this.data, 4, number);
    this.session.wantOutput();
    this.session.frames.ping(0, this.data, 0);
  }
}
