import type { Bytes } from '../http/bytes.ts';
import { RequestHead } from '../http/message-head.ts';
import { CLOSED, type Closing } from './closed-streams.ts';
import { ERROR, type ErrorCode } from './error-codes.ts';
import { Http2Error, type Http2ErrorReason, http2Errors } from './errors.ts';
import { FLOOD } from './flood-guard.ts';
import { MAX_31 } from './frame-header.ts';
import { PREFACE } from './frame-writer.ts';
import type { HeadBlock } from './head-block.ts';
import type { SessionLimits } from './limits.ts';
import { ServerStream } from './server-stream.ts';
import { Http2Session } from './session.ts';
import type { ServerSessionOwner } from './session-owner.ts';
import { SETTING, type Setting } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import { StreamTable } from './stream-table.ts';

export interface ServerOptions {
  readonly limits?: Partial<SessionLimits>;
  /** Take extended CONNECT (RFC 8441); true by default. */
  readonly connectProtocol?: boolean;
}

/**
 * A stream that is reset sooner cost its peer nothing but two frames. Later ones are bounded by the number of streams at
 * a time, and come in crowds without ill will: when callers give up on a service that has become slow.
 */
const RAPID_RESET_MS = 100;

/** How far {@link ServerSession.shutDown} has come. */
const SHUT = { not: 0, announced: 1, final: 2, drained: 3 } as const;
type Shut = (typeof SHUT)[keyof typeof SHUT];

/** What can be answered although the head cannot be used. */
const answers: Partial<Record<Http2ErrorReason, number>> = {
  'head-too-large': 431,
  'unsupported-expectation': 417,
};

/** The side that is asked. */
export class ServerSession extends Http2Session {
  override readonly streams: StreamTable<ServerStream> = new StreamTable();
  declare protected readonly owner: ServerSessionOwner;
  private readonly connectProtocol: boolean;
  private readonly heads: RequestHead[] = [];
  private prefaceRead = 0;
  /** The highest number that came, and of those that were taken. */
  private lastStream = 0;
  private lastTaken = 0;
  private shut: Shut = SHUT.not;

  constructor(owner: ServerSessionOwner, options: ServerOptions = {}) {
    const connectProtocol = options.connectProtocol ?? true;
    super(owner, options.limits, connectProtocol);
    this.connectProtocol = connectProtocol;
  }

  override shutDown(): void {
    if (this.isOver || this.shut !== SHUT.not) return;
    this.shut = SHUT.announced;
    this.wantOutput();
    // Streams that are on their way are still taken, until the PING behind it comes back.
    this.frames.goAway(MAX_31, ERROR.none, '');
    this.heartbeat.askWhetherHeard();
  }

  override onShutDownHeard(): void {
    if (this.shut !== SHUT.announced) return;
    this.shut = SHUT.final;
    this.wantOutput();
    this.frames.goAway(this.lastTaken, ERROR.none, '');
    this.checkDrained();
  }

  recycle(head: RequestHead): void {
    this.heads.push(head);
  }

  protected override writePreface(settings: Setting[]): void {
    const own: Setting[] = [[SETTING.maxConcurrentStreams, this.limits.maxStreams]];
    if (this.connectProtocol) own.push([SETTING.enableConnectProtocol, 1]);
    this.frames.settings([...own, ...settings]);
  }

  protected override readPreface(bytes: Bytes): number {
    let at = 0;
    while (this.prefaceRead < PREFACE.length && at < bytes.length) {
      if (bytes[at++] !== PREFACE.charCodeAt(this.prefaceRead++)) throw new Http2Error('invalid-preface');
    }
    return at;
  }

  override isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream > this.lastStream;
  }

  override get lastPeerStream(): number {
    return this.lastTaken;
  }

  /** Who asks has no answer to wait for: whatever the code, its reset ends the request. */
  override isAnswered(): boolean {
    return false;
  }

  override onPeerReset(stream: Http2Stream | undefined): void {
    if (stream !== undefined && this.nowMs - stream.openedMs >= RAPID_RESET_MS) return;
    this.flood.count(FLOOD.reset, this.nowMs);
  }

  override onSettings(): void {}

  override onGoAway(_lastStream: number, code: ErrorCode): void {
    this.owner.onGoAway(code);
  }

  override onBlock(id: number, block: HeadBlock): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.blocks.readTrailers(stream, block);
    else if ((id & 1) === 0) throw new Http2Error('invalid-stream-id');
    else if (id > this.lastStream) this.readRequest(id, block);
    else this.blocks.readLate(id, block);
  }

  override close(stream: Http2Stream, closing: Closing, complete: boolean): void {
    super.close(stream, closing, complete);
    if (this.shut === SHUT.final) this.checkDrained();
  }

  private readRequest(id: number, block: HeadBlock): void {
    const { limits } = this;
    const { ended } = block;
    this.lastStream = id;
    if (this.shut >= SHUT.final) {
      // The peer was told that it is not taken (RFC 9113 section 6.8).
      this.blocks.skip(block);
      this.closedStreams.add(id, CLOSED.resetByUs);
      return;
    }
    this.lastTaken = id;
    const head = this.heads.pop() ?? new RequestHead(limits.maxFields);
    const fault = this.blocks.readRequest(head, block);
    if (fault !== undefined || this.streams.size >= limits.maxStreams) {
      this.recycle(head);
      this.refuseRequest(id, fault ?? 'too-many-streams', ended);
      if (fault !== undefined) this.owner.onRefusedRequest?.(fault);
      return;
    }
    const stream = new ServerStream(this, id, head, limits.streamWindowBytes, this.peer.initialWindowBytes);
    if (head.contentLength !== -1) stream.expectLength(head.contentLength);
    this.streams.add(stream);
    this.owner.onStream(stream);
    stream.openedMs = this.nowMs;
    stream.handler.onHead(head, ended);
    if (ended && !stream.isFinished) stream.takeEnd(undefined);
  }

  private refuseRequest(id: number, reason: Http2ErrorReason, ended: boolean): void {
    const status = answers[reason];
    if (status === undefined) {
      this.writeReset(id, http2Errors[reason].code);
    } else {
      this.wantOutput();
      this.headWriter.plain(id, status, 'content-length: 0\r\n', true);
      this.countUnread();
      // RFC 9113 section 8.1: the answer stands, the rest of the request is not wanted.
      if (!ended) this.writeReset(id, ERROR.none);
    }
    this.closedStreams.add(id, ended && status !== undefined ? CLOSED.ended : CLOSED.resetByUs);
    this.flood.countRefusal(reason, this.nowMs);
  }

  private checkDrained(): void {
    if (this.streams.size > 0 || this.isOver) return;
    this.shut = SHUT.drained;
    this.owner.onDrained();
  }
}
