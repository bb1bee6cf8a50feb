import type { Bytes } from '../http/bytes.ts';
import { CLOSED } from './closed-streams.ts';
import { ERROR } from './error-codes.ts';
import { Http2Error } from './errors.ts';
import { FLOOD } from './flood-guard.ts';
import { FLAG, FRAME, HEADER_BYTES, MAX_31, readUint31, readUint32 } from './frame-header.ts';
import type { FrameSink } from './frame-reader.ts';
import { PING_BYTES } from './frame-writer.ts';
import { HeadBlock } from './head-block.ts';
import type { Http2Session } from './session.ts';
import { SETTING_BYTES } from './settings.ts';
import type { Http2Stream } from './stream.ts';

/** Says what each frame that came means for the session and its streams (RFC 9113 sections 5.1 and 6). */
export class FrameReceiver implements FrameSink {
  private readonly session: Http2Session;
  private readonly block: HeadBlock;
  /** Stream of the DATA frame that is being read; undefined when its bytes are for nobody. */
  private reading: Http2Stream | undefined = undefined;

  constructor(session: Http2Session) {
    this.session = session;
    this.block = new HeadBlock(session.limits);
  }

  get isMidHead(): boolean {
    return this.block.stream !== 0;
  }

  onFrame(type: number, flags: number, stream: number, bytes: Bytes, start: number, end: number): void {
    const { block } = this;
    // RFC 9113 section 3.4.
    if (!this.session.peer.known && (type !== FRAME.settings || (flags & FLAG.ack) !== 0)) {
      throw new Http2Error('missing-settings');
    }
    if (type === FRAME.continuation) {
      if (block.stream === 0) throw new Http2Error('unexpected-continuation');
      if (block.stream !== stream) throw new Http2Error('interrupted-head');
      if (block.continue(flags, bytes, start, end)) this.session.onBlock(stream, block);
      return;
    }
    if (block.stream !== 0) throw new Http2Error('interrupted-head');
    switch (type) {
      case FRAME.headers:
        if (stream === 0) throw new Http2Error('invalid-stream-id');
        if (block.begin(flags, stream, bytes, start, end)) this.session.onBlock(stream, block);
        break;
      case FRAME.windowUpdate:
        this.onWindowUpdate(stream, bytes, start, end);
        break;
      case FRAME.rstStream:
        this.onReset(stream, bytes, start, end);
        break;
      case FRAME.settings:
        this.onSettings(flags, stream, bytes, start, end);
        break;
      case FRAME.ping:
        this.onPing(flags, stream, bytes, start, end);
        break;
      case FRAME.goAway:
        if (stream !== 0) throw new Http2Error('invalid-stream-id');
        if (end - start < 8) throw new Http2Error('invalid-frame-size');
        this.session.flood.count(FLOOD.emptyFrame, this.session.nowMs);
        this.session.onGoAway(readUint31(bytes, start), readUint32(bytes, start + 4));
        break;
      case FRAME.priority:
        this.onPriority(stream, bytes, start, end);
        break;
      case FRAME.pushPromise:
        // Clients never promise, and ours disables push (RFC 9113 section 6.6).
        throw new Http2Error('unexpected-push');
      default:
        // RFC 9113 section 5.5: unknown frames are discarded.
        this.session.flood.count(FLOOD.emptyFrame, this.session.nowMs);
    }
  }

  onDataFrame(flags: number, id: number, length: number): void {
    const { session } = this;
    if (!session.peer.known) throw new Http2Error('missing-settings');
    if (this.block.stream !== 0) throw new Http2Error('interrupted-head');
    if (id === 0) throw new Http2Error('invalid-stream-id');
    if (length === 0 && (flags & FLAG.endStream) === 0) session.flood.count(FLOOD.emptyFrame, session.nowMs);
    session.takeWindow(length);
    const stream = session.streams.get(id);
    this.reading = stream;
    if (stream === undefined) this.onLateData(id);
    else if (stream.remoteEnded) this.refuse(stream, 'stream-closed');
    else if (!stream.takeWindow(length)) this.refuse(stream, 'window-exceeded');
    else if (!stream.hasHead) this.refuse(stream, 'malformed-message');
    if (this.reading === undefined) session.giveBack(length);
  }

  onDataBytes(bytes: Bytes, start: number, end: number): void {
    const { reading } = this;
    if (reading === undefined) return;
    if (reading.isFinished) this.session.giveBack(end - start);
    else reading.takeData(bytes, start, end);
  }

  onDataEnd(flags: number, overhead: number): void {
    const { reading } = this;
    if (reading === undefined) return;
    this.reading = undefined;
    if (overhead > 0) reading.skip(overhead);
    if ((flags & FLAG.endStream) !== 0 && !reading.isFinished) reading.takeEnd(undefined);
  }

  private refuse(
    stream: Http2Stream,
    reason: 'stream-closed' | 'window-exceeded' | 'malformed-message',
  ): void {
    this.reading = undefined;
    this.session.refuseStream(stream, reason);
  }

  private onLateData(id: number): void {
    const { session } = this;
    if (session.isIdle(id)) throw new Http2Error('idle-stream');
    switch (session.closedStreams.get(id)) {
      case CLOSED.ended:
        throw new Http2Error('stream-closed');
      case CLOSED.unused:
      case CLOSED.resetByPeer:
        session.refuseLate(id);
        return;
      case CLOSED.resetByUs:
        // Sent before the peer heard of it.
        return;
    }
  }

  private onWindowUpdate(id: number, bytes: Bytes, start: number, end: number): void {
    const { session } = this;
    if (end - start !== 4) throw new Http2Error('invalid-frame-size');
    session.flood.count(FLOOD.windowUpdate, session.nowMs);
    const increment = readUint31(bytes, start);
    if (id === 0) {
      if (increment === 0) throw new Http2Error('zero-increment');
      if (session.sender.window + increment > MAX_31) throw new Http2Error('window-overflow');
      session.wantOutput();
      session.sender.widen(increment);
      return;
    }
    const stream = session.streams.get(id);
    if (stream === undefined) {
      // It may have been sent before the peer heard that the stream is over.
      if (session.isIdle(id)) throw new Http2Error('idle-stream');
    } else if (increment === 0) {
      session.refuseStream(stream, 'zero-increment');
    } else if (stream.sendWindow + increment > MAX_31) {
      session.refuseStream(stream, 'window-overflow');
    } else {
      stream.sendWindow += increment;
      if (stream.isBlocked) session.wantOutput();
      session.sender.wake(stream);
    }
  }

  private onReset(id: number, bytes: Bytes, start: number, end: number): void {
    const { session } = this;
    if (end - start !== 4) throw new Http2Error('invalid-frame-size');
    if (id === 0) throw new Http2Error('invalid-stream-id');
    if (session.isIdle(id)) throw new Http2Error('idle-stream');
    const stream = session.streams.get(id);
    if (stream !== undefined) {
      const code = readUint32(bytes, start);
      // RFC 9113 section 8.1: behind a complete response it only says that the rest of the request is not wanted.
      const complete = code === ERROR.none && session.isAnswered(stream);
      session.close(stream, CLOSED.resetByPeer, complete);
      if (!complete) stream.handler.onReset(code, code === ERROR.refusedStream);
    }
    session.onPeerReset(stream);
  }

  private onSettings(flags: number, id: number, bytes: Bytes, start: number, end: number): void {
    const { session } = this;
    const { peer, limits, sender, headWriter } = session;
    if (id !== 0) throw new Http2Error('invalid-stream-id');
    session.flood.count(FLOOD.settings, session.nowMs);
    if ((flags & FLAG.ack) !== 0) {
      if (end !== start) throw new Http2Error('invalid-frame-size');
      session.blocks.decoder.setLimit(limits.headerTableBytes);
      return;
    }
    if ((end - start) % SETTING_BYTES !== 0) throw new Http2Error('invalid-frame-size');
    const before = peer.initialWindowBytes;
    peer.apply(bytes, start, end);
    headWriter.encoder.setTableSize(peer.headerTableBytes);
    headWriter.maxFrameBytes = peer.maxFrameBytes;
    sender.maxFrameBytes = Math.min(peer.maxFrameBytes, limits.maxSentFrameBytes);
    session.wantOutput();
    // RFC 9113 section 6.5.3: acknowledged before anything that relies on it.
    session.frames.settingsAck();
    session.countUnread(HEADER_BYTES);
    this.moveWindows(peer.initialWindowBytes - before);
    session.onSettings();
  }

  /** RFC 9113 section 6.9.2: the change concerns every stream, and may leave less than nothing. */
  private moveWindows(change: number): void {
    if (change === 0) return;
    const { session } = this;
    const streams = session.streams.list();
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > MAX_31) throw new Http2Error('window-overflow');
    }
    if (change > 0) for (const stream of streams) session.sender.wake(stream);
  }

  private onPing(flags: number, id: number, bytes: Bytes, start: number, end: number): void {
    const { session } = this;
    if (id !== 0) throw new Http2Error('invalid-stream-id');
    if (end - start !== PING_BYTES) throw new Http2Error('invalid-frame-size');
    session.flood.count(FLOOD.ping, session.nowMs);
    if ((flags & FLAG.ack) !== 0) {
      session.heartbeat.onAck(bytes, start);
      return;
    }
    session.heartbeat.answer(bytes, start);
    session.countUnread(HEADER_BYTES + PING_BYTES);
  }

  /** Priorities are ignored (RFC 9113 section 5.3.2); what makes no sense is still refused. */
  private onPriority(id: number, bytes: Bytes, start: number, end: number): void {
    const { session } = this;
    if (id === 0) throw new Http2Error('invalid-stream-id');
    session.flood.count(FLOOD.priority, session.nowMs);
    const sized = end - start === 5;
    if (sized && readUint31(bytes, start) !== id) return;
    const reason = sized ? 'self-dependency' : 'invalid-frame-size';
    const stream = session.streams.get(id);
    if (stream === undefined) throw new Http2Error(reason);
    session.refuseStream(stream, reason);
  }
}
