import { type Bytes, copyBytes, joinBytes, noBytes } from '../http/bytes.ts';
import { CR, HEX, LF } from '../http/characters.ts';
import { FieldSection } from '../http/field-section.ts';
import { mayTrail } from '../http/known-fields.ts';
import type { BodyFraming, MessageHead } from '../http/message-head.ts';
import { leaveOutForHeads } from '../http/trailer-fields.ts';
import { WireError } from './errors.ts';
import { afterLineEnd, FieldLine, INCOMPLETE, readFieldLine } from './field-line.ts';
import { takeMeaning } from './field-meaning.ts';
import type { MessageLimits } from './limits.ts';
import { PartialSection } from './partial-section.ts';

/**
 * Receives what a reader finds, always in the order head, body*, end. Heads and trailers are reused by the
 * reader: valid until the next head. Body bytes are a range of what was pushed, valid during the call.
 *
 * A pause takes effect behind the event during which it is asked for; only an end that needs no further
 * bytes is still given with its head or with the last of its body.
 */
export interface MessageSink {
  onBody(bytes: Bytes, start: number, end: number): void;
  onEnd(trailers: FieldSection | undefined): void;
  /** The stream cannot be read further; the reader ignores everything that follows. */
  onRefusal(error: WireError): void;
}

/** Where a reader stands in its stream. */
const AT = {
  head: 0,
  countedBody: 1,
  chunkSize: 2,
  chunkData: 3,
  chunkEnd: 4,
  trailers: 5,
  bodyUntilClose: 6,
  over: 7,
} as const;
type State = (typeof AT)[keyof typeof AT];

/** 2^48 bytes is more than anyone sends in one chunk, and far from losing precision. */
const MAX_CHUNK_DIGITS = 12;
const SEMICOLON = 0x3b;

/**
 * The part of an HTTP/1.1 reader that requests and responses have in common. Push bytes in, get events
 * out; between `pause()` and `resume()` no event is given and what was pushed is kept. The owner of the
 * socket pauses that as well, so at most the bytes of one read wait here.
 */
export abstract class MessageReader {
  abstract readonly head: MessageHead;
  protected abstract readonly sink: MessageSink;
  private readonly limits: MessageLimits;
  private readonly line = new FieldLine();
  private trailers: FieldSection | undefined = undefined;
  private state: State = AT.head;
  private rest: Bytes = noBytes;
  private running = false;
  private paused = false;
  private readonly partial = new PartialSection();
  /** Bytes of the body, or of the chunk, that are still to come. */
  private remaining = 0;

  constructor(limits: MessageLimits) {
    this.limits = limits;
  }

  /** Clears the head, then reads the start line at `line`. Returns the position after it, or INCOMPLETE. */
  protected abstract readStartLine(bytes: Bytes, line: number): number;
  /** Judges the complete head, tells the sink, and says how the body ends. */
  protected abstract completeHead(): BodyFraming;

  get isPaused(): boolean {
    return this.paused;
  }

  /** True during its events: more of what was pushed may be read after them. */
  get isRunning(): boolean {
    return this.running;
  }

  /** True between messages: nothing of the next one has been read. */
  get isIdle(): boolean {
    return this.state === AT.head && this.rest.length === 0;
  }

  /** True when bytes wait that were pushed and not read. */
  get isHolding(): boolean {
    return this.rest.length > 0;
  }

  /** True when what follows is not read as messages: a tunnel, a body until the end, or nothing at all. */
  get isOpaque(): boolean {
    return this.state === AT.bodyUntilClose || this.state === AT.over;
  }

  /** The bytes may be written to again behind the call: what is not read of them yet is copied. */
  push(bytes: Bytes): void {
    const isJoined = this.rest.length > 0;
    this.rest = joinBytes(this.rest, bytes);
    if (!this.running && !this.paused) this.run();
    if (!isJoined && this.rest.length > 0) this.rest = copyBytes(this.rest, 0, this.rest.length);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (!this.running && this.rest.length > 0) this.run();
  }

  /** The peer will send nothing more. */
  finish(): void {
    if (this.state === AT.bodyUntilClose) {
      this.state = AT.over;
      this.sink.onEnd(undefined);
    } else if (this.state !== AT.over && !this.isIdle) {
      this.refuse(new WireError('truncated-message'));
    }
  }

  /** From here on every byte is opaque: the protocol was switched (RFC 9110 section 7.8). */
  switchToTunnel(): void {
    this.state = AT.bodyUntilClose;
  }

  private run(): void {
    const bytes = this.rest;
    let at = 0;
    this.running = true;
    try {
      while (at < bytes.length && !this.paused && this.state !== AT.over) {
        const next = this.step(bytes, at);
        if (next === INCOMPLETE) break;
        at = next;
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.refuse(error);
    } finally {
      this.running = false;
      // What a sink pushed meanwhile was appended to `rest`; after a refusal `rest` is empty.
      this.rest = at >= this.rest.length ? noBytes : this.rest.subarray(at);
    }
  }

  private refuse(error: WireError): void {
    this.state = AT.over;
    this.rest = noBytes;
    this.sink.onRefusal(error);
  }

  private step(bytes: Bytes, at: number): number {
    switch (this.state) {
      case AT.head:
        return this.readHead(bytes, at);
      case AT.countedBody:
      case AT.chunkData:
        return this.readCounted(bytes, at);
      case AT.chunkSize:
        return this.readChunkSize(bytes, at);
      case AT.chunkEnd:
        return this.readChunkEnd(bytes, at);
      case AT.trailers:
        return this.readTrailers(bytes, at);
      case AT.bodyUntilClose:
        this.sink.onBody(bytes, at, bytes.length);
        return bytes.length;
      case AT.over:
        return bytes.length;
    }
  }

  private readHead(bytes: Bytes, base: number): number {
    const { head, line } = this;
    const maxBytes = this.limits.maxHeadBytes;
    let at = base + this.partial.lineOffset;
    if (this.partial.lacksLineEnd(bytes, base))
      return this.partial.await(bytes, base, at, maxBytes, 'head-too-large');
    if (this.partial.lineOffset === 0) {
      const next = this.readStartLine(bytes, base);
      if (next === INCOMPLETE) return this.partial.await(bytes, base, base, maxBytes, 'head-too-large');
      at = next;
    }
    while (at < bytes.length) {
      if (bytes[at] === CR) {
        const next = afterLineEnd(bytes, at);
        if (next === INCOMPLETE) break;
        if (next - base > maxBytes) throw new WireError('head-too-large');
        this.endHead(bytes, base, at, next);
        return next;
      }
      const next = readFieldLine(bytes, at, base, head, line);
      if (next === INCOMPLETE) break;
      if (next - base > maxBytes) throw new WireError('head-too-large');
      takeMeaning(head, line.id, bytes, line.valueStart, line.valueEnd);
      at = next;
    }
    return this.partial.await(bytes, base, at, maxBytes, 'head-too-large');
  }

  private endHead(bytes: Bytes, base: number, fieldsEnd: number, next: number): void {
    const head = this.head;
    head.end = fieldsEnd - base;
    head.text = bytes.toString('latin1', base, next);
    this.partial.reset();
    const framing = this.completeHead();
    // A sink that was told of the head may have switched the protocol.
    if (this.state !== AT.head) return;
    switch (framing) {
      case 'none':
        return;
      case 'length':
        this.remaining = head.contentLength;
        this.state = AT.countedBody;
        return;
      case 'chunked':
        this.state = AT.chunkSize;
        return;
      case 'close':
      case 'tunnel':
        this.state = AT.bodyUntilClose;
    }
  }

  private readCounted(bytes: Bytes, at: number): number {
    const end = Math.min(at + this.remaining, bytes.length);
    this.remaining -= end - at;
    const ended = this.remaining === 0;
    const counted = this.state === AT.countedBody;
    // The state moves on before the sink is told, because the sink may look at it or pause.
    if (ended) this.state = counted ? AT.head : AT.chunkEnd;
    this.sink.onBody(bytes, at, end);
    if (ended && counted) this.sink.onEnd(undefined);
    return end;
  }

  /** RFC 9112 section 7.1: plain hexadecimal digits and CRLF; extensions are not accepted. */
  private readChunkSize(bytes: Bytes, start: number): number {
    let at = start;
    let size = 0;
    while (at < bytes.length) {
      const digit = HEX[bytes[at] as number] as number;
      if (digit === 255) break;
      size = size * 16 + digit;
      at++;
      if (at - start > MAX_CHUNK_DIGITS) throw new WireError('invalid-chunk-size');
    }
    if (at === bytes.length) return INCOMPLETE;
    if (at === start || bytes[at] !== CR) {
      if (at > start && bytes[at] === SEMICOLON) throw new WireError('chunk-extension');
      throw new WireError(bytes[at] === LF ? 'bare-lf' : 'invalid-chunk-size');
    }
    const next = afterLineEnd(bytes, at);
    if (next === INCOMPLETE) return INCOMPLETE;
    this.remaining = size;
    this.state = size === 0 ? AT.trailers : AT.chunkData;
    return next;
  }

  private readChunkEnd(bytes: Bytes, at: number): number {
    if (bytes[at] !== CR) throw new WireError('invalid-chunk-end');
    const next = afterLineEnd(bytes, at);
    if (next !== INCOMPLETE) this.state = AT.chunkSize;
    return next;
  }

  private readTrailers(bytes: Bytes, base: number): number {
    const maxBytes = this.limits.maxTrailerBytes;
    let at = base + this.partial.lineOffset;
    if (this.partial.lacksLineEnd(bytes, base))
      return this.partial.await(bytes, base, at, maxBytes, 'trailers-too-large');
    while (at < bytes.length) {
      if (bytes[at] === CR) {
        const next = afterLineEnd(bytes, at);
        if (next === INCOMPLETE) break;
        this.endTrailers(bytes, base, at, next);
        return next;
      }
      const section = this.trailerSection(at === base);
      const next = readFieldLine(bytes, at, base, section, this.line);
      if (next === INCOMPLETE) break;
      if (!mayTrail(this.line.id)) throw new WireError('forbidden-trailer');
      if (next - base > maxBytes) throw new WireError('trailers-too-large');
      at = next;
    }
    return this.partial.await(bytes, base, at, maxBytes, 'trailers-too-large');
  }

  private trailerSection(first: boolean): FieldSection {
    this.trailers ??= new FieldSection(this.limits.maxTrailerFields);
    if (first) this.trailers.clear();
    return this.trailers;
  }

  private endTrailers(bytes: Bytes, base: number, fieldsEnd: number, next: number): void {
    const section = fieldsEnd === base ? undefined : this.trailers;
    if (section !== undefined) {
      section.end = fieldsEnd - base;
      section.text = bytes.toString('latin1', base, next);
      leaveOutForHeads(section);
    }
    this.partial.reset();
    this.state = AT.head;
    this.sink.onEnd(section);
  }
}
