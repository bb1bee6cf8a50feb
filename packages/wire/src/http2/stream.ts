import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import { dropTable, hopByHop } from '../http/known-fields.ts';
import { ByteQueue } from './byte-queue.ts';
import { ERROR, type ErrorCode } from './error-codes.ts';
import { FlowWindow } from './flow-window.ts';
import type { Http2Session } from './session.ts';
import { noHandler, type StreamHandler } from './stream-handler.ts';

const trailerDrop = dropTable(...hopByHop);

/** What a stream still has to give to its handler behind the data that waits. */
const END = { open: 0, waits: 1, given: 2 } as const;
type End = (typeof END)[keyof typeof END];

/** One stream, seen from either side. After its end or reset it may be kept, but does nothing. */
export abstract class Http2Stream {
  /** 0 until the head of a request is sent. */
  id = 0;
  handler: StreamHandler = noHandler;
  protected readonly session: Http2Session;
  /** Of the session's own: what the peer takes; may be below 0 (RFC 9113 section 6.9.2). */
  sendWindow: number;
  readonly outbox = new ByteQueue();
  isWaiting = false;
  openedMs = 0;
  nextWaiting: Http2Stream | undefined = undefined;
  /** END_STREAM came, or went out. */
  remoteEnded = false;
  localEnded = false;
  /** The final head of the peer came. */
  hasHead = false;
  /** The session has done with it. */
  isFinished = false;
  /** Of Content-Length, what has not come yet; -1 when it does not say. */
  private lengthLeft = -1;
  private readonly window: FlowWindow;
  private readonly inbox = new ByteQueue();
  private paused = false;
  private giving = false;
  /** Passed on while paused: its room is given back when the stream goes on. */
  private owed = 0;
  private end: End = END.open;
  private trailers: FieldSection | undefined = undefined;
  /** `sendData` returned false and `onWindow` is due. */
  private blocked = false;
  private endAsked = false;
  private endLines = '';
  private resetsAtEnd = false;

  constructor(session: Http2Session, windowBytes: number, sendWindow: number) {
    this.session = session;
    this.window = new FlowWindow(windowBytes);
    this.sendWindow = sendWindow;
  }

  /**
   * Sends the range, or a copy of what the windows do not allow, when they do. False: there is no room for more; wait
   * for `onWindow`.
   */
  sendData(bytes: Bytes, start: number, end: number): boolean {
    if (this.isFinished || this.endAsked || start === end) return true;
    this.session.wantOutput();
    if (this.session.sender.send(this, bytes, start, end)) return true;
    this.blocked = true;
    return false;
  }

  /** Behind all data. Trailers are read during the call. */
  sendEnd(trailers: FieldSection | undefined): void {
    if (this.isFinished || this.endAsked) return;
    this.endAsked = true;
    this.endLines = trailers === undefined ? '' : trailers.kept(trailerDrop);
    if (this.outbox.size === 0) this.writeEnd();
  }

  /**
   * Ends the stream in both directions; what is queued is dropped, and no event follows. Without an error it waits for
   * an answer that is still on its way out: only the rest of the request is not wanted (RFC 9113 section 8.1).
   */
  reset(code: ErrorCode): void {
    if (this.isFinished) {
      if (this.end === END.waits) this.finish(false);
    } else if (this.isClosed) {
      this.session.settle(this);
    } else if (code === ERROR.none && this.endAsked && !this.localEnded) {
      this.resetsAtEnd = true;
    } else {
      this.session.resetStream(this, code);
    }
  }

  /**
   * Between pause and resume no data is given, nor the end behind it; what comes waits here, at most a window. An end
   * with no data before it is still given.
   */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.giving) this.giveWaiting();
  }

  get isPaused(): boolean {
    return this.paused;
  }

  /** Data waits for a window or for the socket. An owner may time how long. */
  get isBlocked(): boolean {
    return this.outbox.size > 0;
  }

  /** Bytes that wait for {@link resume}. */
  get heldBytes(): number {
    return this.inbox.size;
  }

  /** Both directions have ended, or the stream was reset. */
  get isClosed(): boolean {
    return this.isFinished || (this.localEnded && this.remoteEnded);
  }

  /** The head that was sent was all there is to send. */
  protected headSent(ended: boolean): void {
    if (!ended) return;
    this.endAsked = true;
    this.localEnded = true;
    this.session.settle(this);
  }

  protected get canSendHead(): boolean {
    return !this.isFinished && !this.endAsked;
  }

  // What follows is for the session.

  /** Everything that waited has left, and there is room for more. */
  onDrained(): void {
    if (this.endAsked && !this.localEnded) this.writeEnd();
    else if (this.blocked) {
      this.blocked = false;
      this.handler.onWindow();
    }
  }

  expectLength(length: number): void {
    this.lengthLeft = length;
  }

  /** A frame of this size came. False: it is larger than the window. */
  takeWindow(length: number): boolean {
    return this.window.take(length);
  }

  /** Padding has no reader. */
  skip(length: number): void {
    this.giveBack(length);
  }

  takeData(bytes: Bytes, start: number, end: number): void {
    const length = end - start;
    if (this.lengthLeft !== -1) {
      this.lengthLeft -= length;
      if (this.lengthLeft < 0) {
        this.session.giveBack(length);
        this.session.refuseStream(this, 'length-mismatch');
        return;
      }
    }
    if (this.paused || this.giving || this.inbox.size > 0) {
      this.inbox.add(bytes, start, end);
      return;
    }
    this.handler.onData(bytes, start, end);
    this.giveBack(length);
  }

  /** True: `trailers` were kept, and the session needs others for the next. */
  takeEnd(trailers: FieldSection | undefined): boolean {
    this.remoteEnded = true;
    if (this.lengthLeft > 0) {
      this.session.refuseStream(this, 'length-mismatch');
      return false;
    }
    if (this.inbox.size > 0 || this.giving) {
      this.end = END.waits;
      this.trailers = trailers;
    } else {
      this.end = END.given;
      this.handler.onEnd(trailers);
    }
    this.session.settle(this);
    return this.end === END.waits && trailers !== undefined;
  }

  /** The stream is over. `complete`: both sides ended it; what waits is still given. */
  finish(complete: boolean): void {
    this.isFinished = true;
    this.outbox.clear();
    // Nobody waits for it: whoever asks for more to send learns that it goes nowhere.
    if (complete && this.blocked) this.onDrained();
    if (complete && this.end === END.waits) return;
    this.end = END.given;
    this.session.giveBack(this.inbox.size + this.owed);
    this.owed = 0;
    this.inbox.clear();
    this.release();
  }

  /** The head will not be asked for any more. */
  protected abstract release(): void;

  private writeEnd(): void {
    if (this.isFinished) return;
    this.localEnded = true;
    this.session.writeEnd(this, this.endLines);
    if (this.resetsAtEnd) this.reset(ERROR.none);
    else this.session.settle(this);
  }

  private giveBack(length: number): void {
    if (this.paused && !this.isFinished) {
      this.owed += length;
      return;
    }
    this.session.giveBack(length);
    if (this.remoteEnded || this.isFinished) return;
    const increment = this.window.give(length);
    if (increment > 0) this.session.writeWindowUpdate(this.id, increment);
  }

  private giveWaiting(): void {
    const { inbox } = this;
    const owed = this.owed;
    this.owed = 0;
    if (owed > 0) this.giveBack(owed);
    this.giving = true;
    while (inbox.size > 0 && !this.paused) {
      const { bytes, start, end } = inbox.shift();
      this.handler.onData(bytes, start, end);
      this.giveBack(end - start);
    }
    this.giving = false;
    if (inbox.size > 0 || this.end !== END.waits) return;
    this.end = END.given;
    const { trailers } = this;
    this.trailers = undefined;
    this.handler.onEnd(trailers);
    if (this.isFinished) this.release();
  }
}
