import type { Bytes } from '../http/bytes.ts';
import { ResponseHead } from '../http/message-head.ts';
import { ClientStream } from './client-stream.ts';
import { CLOSED, type Closing } from './closed-streams.ts';
import { ERROR, type ErrorCode } from './error-codes.ts';
import { Http2Error } from './errors.ts';
import { FLOOD } from './flood-guard.ts';
import { MAX_31 } from './frame-header.ts';
import type { HeadBlock } from './head-block.ts';
import type { SessionLimits } from './limits.ts';
import { Http2Session } from './session.ts';
import type { ClientSessionOwner } from './session-owner.ts';
import { SETTING, type Setting } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import { StreamTable } from './stream-table.ts';

export interface ClientOptions {
  readonly limits?: Partial<SessionLimits>;
  /** Of every request on this connection. */
  readonly scheme: 'http' | 'https';
}

/** The side that asks. */
export class ClientSession extends Http2Session {
  override readonly streams: StreamTable<ClientStream> = new StreamTable();
  readonly scheme: 'http' | 'https';
  declare protected readonly owner: ClientSessionOwner;
  private readonly heads: ResponseHead[] = [];
  private nextStream = 1;
  /** Streams that were given and have no number yet. */
  private reserved = 0;
  private isShut = false;
  private isDrained = false;

  constructor(owner: ClientSessionOwner, options: ClientOptions) {
    super(owner, options.limits, false);
    this.scheme = options.scheme;
  }

  /**
   * A stream for one request, or undefined: the peer's limit of concurrent streams is reached, either side said
   * GOAWAY, the numbers are used up, or the connection is lost. It counts as open until it is closed or reset.
   */
  openStream(): ClientStream | undefined {
    if (this.capacity <= 0) return undefined;
    this.reserved++;
    return new ClientStream(this, this.limits.streamWindowBytes, this.peer.initialWindowBytes);
  }

  /** How many more {@link openStream} would give now. Before the peer's SETTINGS came, 100 are presumed. */
  get capacity(): number {
    if (this.isOver || this.isShut || this.nextStream + this.reserved * 2 > MAX_31) return 0;
    return this.peer.maxStreams - this.streamCount;
  }

  override get streamCount(): number {
    return this.streams.size + this.reserved;
  }

  /** The peer takes extended CONNECT (RFC 8441). */
  get allowsConnectProtocol(): boolean {
    return this.peer.connectProtocol;
  }

  override shutDown(): void {
    if (this.isOver || this.isShut) return;
    this.isShut = true;
    this.wantOutput();
    this.frames.goAway(0, ERROR.none, '');
    this.checkDrained();
  }

  /** Numbers are given in the order in which heads are sent (RFC 9113 section 5.1.1). False: it came too late. */
  register(stream: ClientStream): boolean {
    if (this.isOver || this.isShut) {
      this.close(stream, CLOSED.unused, false);
      stream.handler.onReset(ERROR.refusedStream, true);
      return false;
    }
    this.reserved--;
    stream.id = this.nextStream;
    stream.sendWindow = this.peer.initialWindowBytes;
    this.nextStream += 2;
    this.streams.add(stream);
    this.wantOutput();
    return true;
  }

  recycle(head: ResponseHead): void {
    this.heads.push(head);
  }

  protected override writePreface(settings: Setting[]): void {
    this.frames.preface();
    this.frames.settings([[SETTING.enablePush, 0], ...settings]);
  }

  protected override readPreface(_bytes: Bytes): number {
    return 0;
  }

  override isIdle(stream: number): boolean {
    return (stream & 1) === 0 || stream >= this.nextStream;
  }

  /** Servers open no streams, as push is disabled. */
  override get lastPeerStream(): number {
    return 0;
  }

  override isAnswered({ remoteEnded }: Http2Stream): boolean {
    return remoteEnded;
  }

  /** A server that resets what we asked for harms nobody. */
  override onPeerReset(stream: Http2Stream | undefined): void {
    if (stream === undefined) this.flood.count(FLOOD.reset, this.nowMs);
  }

  override onSettings(): void {
    this.owner.onCapacity();
  }

  override onShutDownHeard(): void {}

  /** RFC 9113 section 6.8: what is behind the last stream was not processed, and never will be. */
  override onGoAway(lastStream: number, code: ErrorCode): void {
    this.isShut = true;
    for (const stream of this.streams.list()) {
      if (stream.id <= lastStream || stream.isFinished) continue;
      this.close(stream, CLOSED.resetByUs, false);
      stream.handler.onReset(ERROR.refusedStream, true);
    }
    this.owner.onGoAway(code);
    this.checkDrained();
  }

  override close(stream: Http2Stream, closing: Closing, complete: boolean): void {
    if (stream.id === 0) {
      this.reserved--;
      stream.finish(complete);
    } else {
      super.close(stream, closing, complete);
    }
    if (this.isOver) return;
    if (this.isShut) this.checkDrained();
    else this.owner.onCapacity();
  }

  override onBlock(id: number, block: HeadBlock): void {
    if (this.isIdle(id)) throw new Http2Error('idle-stream');
    const stream = this.streams.get(id);
    if (stream === undefined) this.blocks.readLate(id, block);
    else if (stream.hasHead) this.blocks.readTrailers(stream, block);
    else this.readResponse(stream, block);
  }

  private readResponse(stream: ClientStream, block: HeadBlock): void {
    const head = stream.head ?? this.heads.pop() ?? new ResponseHead(this.limits.maxFields);
    stream.head = head;
    const fault = this.blocks.readResponse(head, block);
    if (fault !== undefined) {
      this.refuseStream(stream, fault);
    } else if (head.status < 200) {
      // RFC 9113 section 8.1: an interim head cannot be the last.
      if (block.ended) this.refuseStream(stream, 'malformed-message');
      else if (!stream.takeInterim(head)) this.refuseStream(stream, 'too-many-interims');
      else stream.handler.onInterim(head);
    } else {
      stream.hasHead = true;
      if (!this.frame(stream, head, block.ended)) {
        this.refuseStream(stream, 'length-mismatch');
        return;
      }
      stream.handler.onHead(head, block.ended);
      if (block.ended && !stream.isFinished) stream.takeEnd(undefined);
    }
  }

  /** How the body ends, as a sender of HTTP/1.1 has to know it. False: Content-Length is not what came. */
  private frame(stream: ClientStream, head: ResponseHead, ended: boolean): boolean {
    const { status, contentLength } = head;
    if (stream.toConnect && status < 300) {
      head.framing = 'tunnel';
    } else if (stream.toHead || status === 204 || status === 304) {
      // RFC 9110 section 8.6: the length is that of what is not sent.
      stream.expectLength(0);
      head.framing = 'none';
    } else if (ended) {
      head.framing = 'none';
      return contentLength <= 0;
    } else if (contentLength !== -1) {
      stream.expectLength(contentLength);
      head.framing = 'length';
    } else {
      head.chunked = true;
      head.framing = 'chunked';
    }
    return true;
  }

  private checkDrained(): void {
    if (this.streamCount > 0 || this.isOver || this.isDrained) return;
    this.isDrained = true;
    this.owner.onDrained();
  }
}
