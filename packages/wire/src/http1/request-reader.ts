import type { Bytes } from '../http/bytes.ts';
import { CR, HOST, LF, SP, TARGET, TOKEN } from '../http/characters.ts';
import { readExpectation } from '../http/expectation.ts';
import { FIELD } from '../http/known-fields.ts';
import { type BodyFraming, RequestHead } from '../http/message-head.ts';
import { WireError } from './errors.ts';
import { afterLineEnd, INCOMPLETE } from './field-line.ts';
import { judgeFraming } from './field-meaning.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { MessageReader, type MessageSink } from './message-reader.ts';

export interface RequestSink extends MessageSink {
  onHead(head: RequestHead): void;
}

const MAX_METHOD_BYTES = 32;

/** Reads the requests of one connection. */
export class RequestReader extends MessageReader {
  readonly head: RequestHead;
  protected readonly sink: RequestSink;
  /** From the start of the head: method and target, and where they end. */
  private methodStart = 0;
  private methodEnd = 0;
  private targetStart = 0;
  private targetEnd = 0;

  constructor(sink: RequestSink, limits: MessageLimits = defaultLimits) {
    super(limits);
    this.sink = sink;
    this.head = new RequestHead(limits.maxFields);
  }

  protected override readStartLine(bytes: Bytes, base: number): number {
    // RFC 9112 section 2.2: one empty line before a request line is tolerated.
    let line = base;
    if (bytes[line] === CR) {
      line = afterLineEnd(bytes, line);
      if (line === INCOMPLETE || line === bytes.length) return INCOMPLETE;
    }
    const length = bytes.length;
    let at = line;
    while (at < length && TOKEN[bytes[at] as number] === 1) at++;
    if (at - line > MAX_METHOD_BYTES) throw new WireError('invalid-method');
    if (at === length) return INCOMPLETE;
    if (bytes[at] !== SP || at === line) throw new WireError('invalid-method');
    const methodEnd = at;
    at++;
    const targetStart = at;
    while (at < length && TARGET[bytes[at] as number] === 1) at++;
    if (at === length) return INCOMPLETE;
    if (bytes[at] !== SP || at === targetStart) throw new WireError('invalid-target');
    const targetEnd = at;
    const next = this.readVersion(bytes, targetEnd + 1);
    if (next === INCOMPLETE) return INCOMPLETE;
    const head = this.head;
    head.clear();
    head.minor = (bytes[next - 3] as number) - 0x30;
    this.methodStart = line - base;
    this.methodEnd = methodEnd - base;
    this.targetStart = targetStart - base;
    this.targetEnd = targetEnd - base;
    return next;
  }

  /** "HTTP/1." and a digit, then CRLF: exactly ten bytes. */
  private readVersion(bytes: Bytes, start: number): number {
    const version = 'HTTP/1.';
    for (let i = 0; i < version.length; i++) {
      if (start + i === bytes.length) return INCOMPLETE;
      if (bytes[start + i] === version.charCodeAt(i)) continue;
      throw new WireError(i === 5 ? 'unsupported-version' : 'invalid-request-line');
    }
    const minorAt = start + version.length;
    if (minorAt + 1 >= bytes.length) return INCOMPLETE;
    const minor = bytes[minorAt] as number;
    if (minor !== 0x30 && minor !== 0x31) throw new WireError('unsupported-version');
    const end = minorAt + 1;
    if (bytes[end] === LF) throw new WireError('bare-lf');
    if (bytes[end] !== CR) throw new WireError('invalid-request-line');
    return afterLineEnd(bytes, end);
  }

  protected override completeHead(): BodyFraming {
    const head = this.head;
    judgeFraming(head);
    head.method = head.text.substring(this.methodStart, this.methodEnd);
    head.target = head.text.substring(this.targetStart, this.targetEnd);
    this.readHost(head);
    readTarget(head);
    head.hasBody = head.chunked || head.contentLength > 0;
    // RFC 9110 section 9.3.6: what follows is the tunnel's, or the content's; nobody could say which.
    if (head.hasBody && head.form === 'authority') throw new WireError('content-of-connect');
    // RFC 9110 section 7.8: an Upgrade may be passed over; of content before the switch servers think differently.
    if (head.hasBody) head.upgrade = '';
    const te = head.known(FIELD.te);
    head.acceptsTrailers = te !== undefined && /(?:^|[\s,])trailers(?:$|[\s,;])/i.test(te);
    if (!readExpectation(head)) throw new WireError('unsupported-expectation');
    this.sink.onHead(head);
    if (head.chunked) return 'chunked';
    if (head.contentLength > 0) return 'length';
    this.sink.onEnd(undefined);
    return 'none';
  }

  /** RFC 9112 section 3.2: exactly one valid Host, which HTTP/1.0 may leave out. */
  private readHost(head: RequestHead): void {
    let seen = false;
    for (let index = 0; index < head.count; index++) {
      if (head.idAt(index) !== FIELD.host) continue;
      if (seen) throw new WireError('duplicate-host');
      seen = true;
      head.authority = head.valueAt(index);
    }
    if (seen) {
      if (!isAuthority(head.authority)) throw new WireError('invalid-host');
    } else if (head.minor === 1) {
      throw new WireError('missing-host');
    }
  }
}

function isAuthority(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 255 || HOST[code] !== 1) return false;
  }
  return true;
}

/** RFC 9112 section 3.2: which form the target has, and what it says about path and authority. */
function readTarget(head: RequestHead): void {
  const target = head.target;
  if (head.method === 'CONNECT') {
    if (!isAuthority(target) || !/:\d{1,5}$/.test(target)) throw new WireError('invalid-target');
    head.form = 'authority';
    head.authority = target;
  } else if (target.charCodeAt(0) === 0x2f) {
    head.form = 'origin';
    head.path = target;
  } else if (target === '*') {
    if (head.method !== 'OPTIONS') throw new WireError('invalid-target');
    head.form = 'asterisk';
    head.path = '*';
  } else {
    readAbsoluteTarget(head, target);
  }
}

function readAbsoluteTarget(head: RequestHead, target: string): void {
  const scheme = /^https?:\/\//i.exec(target);
  if (scheme === null) throw new WireError('invalid-target');
  const start = scheme[0].length;
  let end = start;
  while (end < target.length && target[end] !== '/' && target[end] !== '?') end++;
  const authority = target.substring(start, end);
  // Userinfo is refused with every other byte that no authority has (RFC 9110 section 4.2.4).
  if (!isAuthority(authority)) throw new WireError('invalid-target');
  head.form = 'absolute';
  head.authority = authority;
  const rest = target.substring(end);
  head.path = rest.startsWith('/') ? rest : `/${rest}`;
}
