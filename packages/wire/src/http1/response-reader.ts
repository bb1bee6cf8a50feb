import type { Bytes } from '../http/bytes.ts';
import { CR, FIELD_VALUE, SP } from '../http/characters.ts';
import { InterimBudget } from '../http/interim-budget.ts';
import { type BodyFraming, ResponseHead } from '../http/message-head.ts';
import { WireError } from './errors.ts';
import { afterLineEnd, INCOMPLETE } from './field-line.ts';
import { judgeFraming } from './field-meaning.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { MessageReader, type MessageSink } from './message-reader.ts';

export interface ResponseSink extends MessageSink {
  /** The final head. With status 101 everything after it is the other protocol's, given as body. */
  onHead(head: ResponseHead): void;
  /** A 1xx other than 101: a head without body or end, before the final one. */
  onInterim(head: ResponseHead): void;
}

/** Reads the responses of one connection, one at a time, each announced by {@link expect}. */
export class ResponseReader extends MessageReader {
  readonly head: ResponseHead;
  protected readonly sink: ResponseSink;
  private expecting = false;
  private toHead = false;
  private toUpgrade = false;
  private readonly interims = new InterimBudget();

  constructor(sink: ResponseSink, limits: MessageLimits = defaultLimits) {
    super(limits);
    this.sink = sink;
    this.head = new ResponseHead(limits.maxFields);
  }

  /** A request with this method was sent, with an Upgrade field or without. */
  expect(method: string, upgrade: boolean): void {
    this.expecting = true;
    this.toHead = method === 'HEAD';
    this.toUpgrade = upgrade;
    this.interims.reset();
  }

  protected override readStartLine(bytes: Bytes, line: number): number {
    if (!this.expecting) throw new WireError('unexpected-response');
    const length = bytes.length;
    const version = 'HTTP/1.';
    for (let i = 0; i < version.length; i++) {
      if (line + i === length) return INCOMPLETE;
      if (bytes[line + i] !== version.charCodeAt(i)) throw new WireError('invalid-status-line');
    }
    // "HTTP/1.1 200" and at least the byte after it.
    if (line + 12 >= length) return INCOMPLETE;
    const minor = (bytes[line + 7] as number) - 0x30;
    if ((minor !== 0 && minor !== 1) || bytes[line + 8] !== SP) throw new WireError('invalid-status-line');
    const status = readStatus(bytes, line + 9);
    let at = line + 12;
    // The space before an empty reason is often left out; nothing can be misread by that.
    if (bytes[at] === SP) at++;
    else if (bytes[at] !== CR) throw new WireError('invalid-status-line');
    const reasonStart = at;
    while (at < length && FIELD_VALUE[bytes[at] as number] === 1) at++;
    if (at === length) return INCOMPLETE;
    if (bytes[at] !== CR) throw new WireError('invalid-status-line');
    const next = afterLineEnd(bytes, at);
    if (next === INCOMPLETE) return INCOMPLETE;
    const head = this.head;
    head.clear();
    head.minor = minor;
    head.status = status;
    head.reasonStart = reasonStart - line;
    head.reasonEnd = at - line;
    return next;
  }

  protected override completeHead(): BodyFraming {
    const head = this.head;
    judgeFraming(head);
    const status = head.status;
    if (status < 200 && status !== 101) {
      if (!this.interims.take(head)) throw new WireError('too-many-interims');
      head.framing = 'none';
      this.sink.onInterim(head);
      return 'none';
    }
    // RFC 9110 section 15.2.2: a switch nobody asked for cannot be followed.
    if (status === 101 && !this.toUpgrade) throw new WireError('unexpected-response');
    head.framing = this.framingOf(head);
    this.expecting = false;
    this.sink.onHead(head);
    if (head.framing === 'none') this.sink.onEnd(undefined);
    return head.framing;
  }

  /** RFC 9112 section 6.3, in its order. */
  private framingOf(head: ResponseHead): BodyFraming {
    if (head.status === 101) return 'tunnel';
    if (this.toHead || head.status === 204 || head.status === 304) return 'none';
    if (head.chunked) return 'chunked';
    if (head.contentLength === 0) return 'none';
    return head.contentLength > 0 ? 'length' : 'close';
  }
}

function readStatus(bytes: Bytes, at: number): number {
  const hundreds = (bytes[at] as number) - 0x30;
  const tens = (bytes[at + 1] as number) - 0x30;
  const ones = (bytes[at + 2] as number) - 0x30;
  if (hundreds < 1 || hundreds > 5 || tens < 0 || tens > 9 || ones < 0 || ones > 9) {
    throw new WireError('invalid-status-line');
  }
  return hundreds * 100 + tens * 10 + ones;
}
