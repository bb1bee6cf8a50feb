import { FieldSection } from '../http/field-section.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import { leaveOutForHeads } from '../http/trailer-fields.ts';
import { CLOSED } from './closed-streams.ts';
import { Http2Error, type Http2ErrorReason } from './errors.ts';
import type { HeadBlock } from './head-block.ts';
import { HeadBuilder } from './head-builder.ts';
import { Decoder } from './hpack/decoder.ts';
import type { Http2Session } from './session.ts';
import type { Http2Stream } from './stream.ts';

/** Reads the header blocks of one connection, all of them: each changes the table for those behind it. */
export class BlockReader {
  readonly decoder: Decoder;
  private readonly session: Http2Session;
  private readonly builder: HeadBuilder;
  private trailers: FieldSection;

  constructor(session: Http2Session, connectProtocol: boolean) {
    const { headerTableBytes, maxHeadBytes, maxTrailerFields } = session.limits;
    this.session = session;
    this.decoder = new Decoder(headerTableBytes);
    this.builder = new HeadBuilder(maxHeadBytes, connectProtocol);
    this.trailers = new FieldSection(maxTrailerFields);
  }

  /** Fills in the head; returns what is wrong with it. */
  readRequest(head: RequestHead, block: HeadBlock): Http2ErrorReason | undefined {
    const { builder } = this;
    builder.beginRequest(head);
    this.decode(block);
    builder.endRequest(head, block.ended);
    return block.dependsOnItself ? 'self-dependency' : builder.fault;
  }

  readResponse(head: ResponseHead, block: HeadBlock): Http2ErrorReason | undefined {
    const { builder } = this;
    builder.beginResponse(head);
    this.decode(block);
    builder.endResponse(head);
    return block.dependsOnItself ? 'self-dependency' : builder.fault;
  }

  /** The second head of a stream (RFC 9113 section 8.1). */
  readTrailers(stream: Http2Stream, block: HeadBlock): void {
    const { builder, session, trailers } = this;
    builder.beginTrailers(trailers);
    this.decode(block);
    leaveOutForHeads(trailers);
    if (stream.remoteEnded) session.refuseStream(stream, 'stream-closed');
    else if (block.dependsOnItself) session.refuseStream(stream, 'self-dependency');
    else if (!block.ended) session.refuseStream(stream, 'unexpected-head');
    else if (builder.fault !== undefined) session.refuseStream(stream, builder.fault);
    else if (stream.takeEnd(trailers.count === 0 ? undefined : trailers)) {
      this.trailers = new FieldSection(session.limits.maxTrailerFields);
    }
  }

  /** A block for a stream that is over. */
  readLate(stream: number, block: HeadBlock): void {
    const { session } = this;
    this.skip(block);
    switch (session.closedStreams.get(stream)) {
      case CLOSED.unused:
        // RFC 9113 section 5.1.1: numbers only grow.
        throw new Http2Error('invalid-stream-id');
      case CLOSED.ended:
        throw new Http2Error('stream-closed');
      case CLOSED.resetByPeer:
        session.refuseLate(stream);
        return;
      case CLOSED.resetByUs:
        // Sent before the peer heard of it.
        return;
    }
  }

  skip(block: HeadBlock): void {
    this.builder.beginNothing();
    this.decode(block);
  }

  private decode({ bytes, start, end }: HeadBlock): void {
    this.decoder.decode(bytes, start, end, this.builder);
  }
}
