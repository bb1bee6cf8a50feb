import type { Bytes } from '../http/bytes.ts';
import { BlockReader } from './block-reader.ts';
import { CLOSED, ClosedStreams, type Closing } from './closed-streams.ts';
import { DataSender } from './data-sender.ts';
import { ERROR, type ErrorCode } from './error-codes.ts';
import { Http2Error, type Http2ErrorReason, http2Errors } from './errors.ts';
import { FloodGuard } from './flood-guard.ts';
import { FlowWindow } from './flow-window.ts';
import { HEADER_BYTES } from './frame-header.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameReceiver } from './frame-receiver.ts';
import { FrameWriter } from './frame-writer.ts';
import type { HeadBlock } from './head-block.ts';
import { HeadWriter } from './head-writer.ts';
import { Heartbeat } from './heartbeat.ts';
import { defaultLimits, type SessionLimits } from './limits.ts';
import { Output, type OutputTarget } from './output.ts';
import type { SessionOwner } from './session-owner.ts';
import { INITIAL_WINDOW_BYTES, PeerSettings, type Setting, settingsOf } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import type { StreamTable } from './stream-table.ts';

/** RST_STREAM and its like: what one costs that the peer makes us write. */
const SMALL_FRAME_BYTES = HEADER_BYTES + 8;

/** One HTTP/2 connection (RFC 9113), seen from either side. */
export abstract class Http2Session {
  readonly limits: SessionLimits;
  /** What the peer said of itself. */
  readonly peer = new PeerSettings();
  readonly flood: FloodGuard;
  readonly heartbeat: Heartbeat;
  /** The session failed, was aborted or lost: nothing is read or opened any more. */
  isOver = false;
  protected readonly owner: SessionOwner;
  private readonly output: Output;
  private readonly receiver: FrameReceiver;
  private readonly reader: FrameReader;
  private readonly window: FlowWindow;
  private unreadBytes = 0;

  // For streams and for the receiver of frames.
  abstract readonly streams: StreamTable<Http2Stream>;
  readonly sender: DataSender;
  readonly headWriter: HeadWriter;
  readonly frames: FrameWriter;
  readonly blocks: BlockReader;
  readonly closedStreams = new ClosedStreams();
  nowMs = 0;

  constructor(owner: SessionOwner, limits: Partial<SessionLimits> | undefined, connectProtocol: boolean) {
    this.owner = owner;
    this.output = new Output(owner);
    this.limits = { ...defaultLimits, ...limits };
    const { headerTableBytes, maxFrameBytes, connectionWindowBytes } = this.limits;
    this.flood = new FloodGuard(this.limits);
    this.heartbeat = new Heartbeat(this);
    this.frames = new FrameWriter(this.output);
    this.receiver = new FrameReceiver(this);
    this.reader = new FrameReader(this.receiver, maxFrameBytes);
    this.window = new FlowWindow(connectionWindowBytes);
    this.sender = new DataSender(this.output, this.peer.maxFrameBytes);
    this.headWriter = new HeadWriter(this.output, headerTableBytes, this.peer.maxFrameBytes);
    this.blocks = new BlockReader(this, connectProtocol);
  }

  /** Writes our preface. Call once, before anything else. */
  start(): void {
    const { limits } = this;
    this.wantOutput();
    this.writePreface(settingsOf(limits));
    const more = limits.connectionWindowBytes - INITIAL_WINDOW_BYTES;
    if (more > 0) this.frames.windowUpdate(0, more);
  }

  /** What the socket gave, at `nowMs` of any clock that only goes forward. */
  push(bytes: Bytes, nowMs: number): void {
    if (this.isOver) return;
    this.nowMs = nowMs;
    try {
      this.reader.push(bytes, this.readPreface(bytes));
    } catch (error) {
      if (!(error instanceof Http2Error)) throw error;
      this.fail(error);
    }
  }

  /** Hands over output, in order, as long as the target takes it. */
  flushTo(target: OutputTarget): void {
    this.output.flushTo(target);
    this.goOn();
  }

  /** All output as a list. */
  takeOutput(): Bytes[] {
    const pieces = this.output.take();
    this.goOn();
    return pieces;
  }

  /** There is room in the output for what waited for it. */
  private goOn(): void {
    if (!this.sender.mayGoOn) return;
    this.wantOutput();
    this.sender.goOn();
  }

  get pendingBytes(): number {
    return this.output.pendingBytes;
  }

  /** While the socket takes nothing DATA is queued; heads and control frames are still written. */
  setWritable(writable: boolean): void {
    if (writable) this.unreadBytes = 0;
    if (writable === this.sender.isWritable) return;
    this.wantOutput();
    this.sender.setWritable(writable);
  }

  /** Streams that are open. */
  get streamCount(): number {
    return this.streams.size;
  }

  /** A frame or a head has come in part: an owner may time how long the rest takes. */
  get isMidFrame(): boolean {
    return !this.reader.isIdle || this.receiver.isMidHead;
  }

  /** Ends the connection at once: GOAWAY is in the output, every stream is told. */
  abort(code: ErrorCode = ERROR.internal): void {
    if (!this.isOver) this.end(code, '');
  }

  /** The socket is gone: every stream is told. */
  lose(): void {
    if (this.isOver) return;
    this.stop();
    this.resetAll(ERROR.cancel);
  }

  /**
   * Ends the connection without losing a stream (RFC 9113 section 6.8): no stream of ours is opened any more, GOAWAY
   * says so to the peer; `onDrained` when the last stream has ended.
   */
  abstract shutDown(): void;

  // What follows is for streams and for the receiver of frames.

  /** Writes what a connection begins with: the settings of either side, and those of this one. */
  protected abstract writePreface(settings: Setting[]): void;
  /** Where the frames begin in what was pushed. */
  protected abstract readPreface(bytes: Bytes): number;
  /** A stream that nobody opened so far. */
  abstract isIdle(stream: number): boolean;
  /** The last stream of the peer that was taken. */
  abstract get lastPeerStream(): number;
  /** A head is complete. */
  abstract onBlock(stream: number, block: HeadBlock): void;
  abstract onGoAway(lastStream: number, code: ErrorCode): void;
  /** All that was asked for on the stream has come. */
  abstract isAnswered(stream: Http2Stream): boolean;
  /** RST_STREAM came, `stream` was still open or not. */
  abstract onPeerReset(stream: Http2Stream | undefined): void;
  /** Settings came. */
  abstract onSettings(): void;
  /** The PING that followed the first GOAWAY came back. */
  abstract onShutDownHeard(): void;

  /** Something will be written. */
  wantOutput(): void {
    this.output.announce();
  }

  /** DATA of this size came, on whatever stream. */
  takeWindow(length: number): void {
    if (!this.window.take(length)) throw new Http2Error('window-exceeded');
  }

  giveBack(length: number): void {
    if (length === 0 || this.isOver) return;
    const increment = this.window.give(length);
    if (increment > 0) this.writeWindowUpdate(0, increment);
  }

  writeWindowUpdate(stream: number, increment: number): void {
    if (this.isOver) return;
    this.wantOutput();
    this.frames.windowUpdate(stream, increment);
  }

  writeEnd(stream: Http2Stream, trailerLines: string): void {
    this.wantOutput();
    if (trailerLines !== '') {
      this.headWriter.trailers(stream.id, trailerLines);
      this.countUnread();
    } else {
      this.sender.writeEnd(stream);
    }
  }

  /** What the peer makes us write while it reads nothing is bounded. */
  countUnread(bytes: number = this.headWriter.lastBytes): void {
    if (this.sender.isWritable) return;
    this.unreadBytes += bytes;
    if (this.unreadBytes > this.limits.maxUnreadBytes) this.fail(new Http2Error('unread-output'));
  }

  /** RST_STREAM for a stream that may be over. */
  writeReset(stream: number, code: ErrorCode): void {
    this.wantOutput();
    this.frames.rstStream(stream, code);
    this.countUnread(SMALL_FRAME_BYTES);
  }

  /** We have no more use for it. */
  resetStream(stream: Http2Stream, code: ErrorCode): void {
    if (stream.id !== 0) this.writeReset(stream.id, code);
    this.close(stream, CLOSED.resetByUs, false);
  }

  /** The peer broke a rule that concerns this stream alone. */
  refuseStream(stream: Http2Stream, reason: Http2ErrorReason): void {
    const { code } = http2Errors[reason];
    this.resetStream(stream, code);
    stream.handler.onReset(code, false);
    this.flood.countRefusal(reason, this.nowMs);
  }

  /** A frame came for a stream that is over. */
  refuseLate(stream: number): void {
    this.writeReset(stream, ERROR.streamClosed);
    this.flood.countRefusal('stream-closed', this.nowMs);
  }

  /** Both directions may have ended. */
  settle(stream: Http2Stream): void {
    if (stream.localEnded && stream.remoteEnded && !stream.isFinished) this.close(stream, CLOSED.ended, true);
  }

  close(stream: Http2Stream, closing: Closing, complete: boolean): void {
    this.streams.remove(stream);
    this.closedStreams.add(stream.id, closing);
    stream.finish(complete);
  }

  protected fail(error: Http2Error): void {
    if (this.isOver) return;
    this.flood.note(error.reason);
    this.end(error.code, error.reason);
    this.owner.onFailure(error);
  }

  private end(code: ErrorCode, reason: string): void {
    this.wantOutput();
    this.frames.goAway(this.lastPeerStream, code, reason);
    this.stop();
    this.resetAll(code);
  }

  private stop(): void {
    this.isOver = true;
    this.reader.stopped = true;
  }

  private resetAll(code: ErrorCode): void {
    for (const stream of this.streams.list()) {
      if (stream.isFinished) continue;
      this.close(stream, CLOSED.resetByUs, false);
      stream.handler.onReset(code, false);
    }
  }
}
