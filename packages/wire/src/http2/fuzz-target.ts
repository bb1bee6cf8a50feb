import { type Bytes, joinBytes, newBytes, noBytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import { RequestHead, type ResponseHead } from '../http/message-head.ts';
import { check, checkResponseCopy } from '../http1/fuzz-copy.ts';
import { ClientSession } from './client-session.ts';
import { ERROR } from './error-codes.ts';
import { PREFACE } from './frame-writer.ts';
import { NextHop } from './fuzz-copy.ts';
import type { SessionLimits } from './limits.ts';
import { ServerSession } from './server-session.ts';
import { ServerStream } from './server-stream.ts';
import type { Http2Session } from './session.ts';
import type { Http2Stream } from './stream.ts';

/** Small, so that short inputs reach them. */
const limits: Partial<SessionLimits> = {
  maxStreams: 8,
  streamWindowBytes: 1024,
  connectionWindowBytes: 65_535,
  maxHeadBytes: 2048,
  maxFields: 16,
  maxTrailerFields: 4,
  maxUnreadBytes: 4096,
};
/** Tighter still; what is a flood by default never is one in a short input. */
const impatientLimits: Partial<SessionLimits> = {
  ...limits,
  maxStreams: 2,
  streamWindowBytes: 100,
  maxHeadBytes: 300,
  maxFields: 6,
  maxTrailerFields: 1,
  maxContinuations: 1,
  maxUnreadBytes: 200,
  maxResetsPerSecond: 3,
  maxSettingsPerSecond: 3,
  maxPingsPerSecond: 3,
  maxPrioritiesPerSecond: 3,
  maxWindowUpdatesPerSecond: 5,
  maxEmptyFramesPerSecond: 3,
};
/** Bits of the first byte: what is tested. */
const MODE = {
  client: 1,
  rawPreface: 2,
  pauses: 4,
  answersLate: 8,
  unwritable: 16,
  shutsDown: 32,
  impatient: 64,
  passesOn: 128,
} as const;

/** An empty SETTINGS frame. */
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';
const serverPrologue = latin1(SETTINGS);
const clientPrologue = latin1(PREFACE + SETTINGS);
const LINE_END = /[\r\n\0]/;
const noDrop = new Uint8Array(256);
const edit = { dropped: noDrop, removed: undefined, added: 'x-added: 1\r\n', path: '', authority: '' };
const requestHeads = [
  requestHead('POST', ''),
  requestHead('HEAD', ''),
  requestHead('GET', ''),
  requestHead('CONNECT', ''),
  requestHead('GET', 'websocket'),
];

/** Plays both kinds of handler, and checks that events come in their order. */
class Player {
  private readonly stream: Http2Stream;
  private readonly owner: Owner;
  private readonly mode: number;
  private began = false;
  private over = false;

  constructor(stream: Http2Stream, owner: Owner) {
    this.stream = stream;
    this.owner = owner;
    this.mode = owner.mode;
  }

  onHead(head: RequestHead | ResponseHead, ended: boolean): void {
    check(!this.began && !this.over, 'a second head');
    this.began = true;
    for (const [name, value] of head.entries()) {
      check(name !== '' && name === name.toLowerCase(), 'a name that is none');
      check(!LINE_END.test(value), 'a value with a line end');
    }
    if ((this.mode & MODE.passesOn) !== 0) this.owner.passOn(head, ended);
    if ((this.mode & MODE.pauses) !== 0) this.stream.pause();
    if ((this.mode & MODE.answersLate) === 0) this.answer();
  }

  onInterim(): void {
    check(!this.began && !this.over, 'an interim head behind the final one');
  }

  onData(bytes: Bytes, start: number, end: number): void {
    check(this.began && !this.over && start < end && end <= bytes.length, 'data out of place');
    if ((this.mode & MODE.pauses) !== 0) this.stream.pause();
    this.stream.sendData(bytes, start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    check(this.began && !this.over, 'an end out of place');
    this.over = true;
    if ((this.mode & MODE.answersLate) !== 0) this.answer();
    this.stream.sendEnd(trailers);
  }

  onReset(): void {
    this.over = true;
    check(this.stream.isClosed, 'a reset stream that lives');
  }

  onWindow(): void {
    this.stream.sendEnd(undefined);
  }

  private answer(): void {
    if (this.stream instanceof ServerStream) this.stream.sendPlainHead(200, 'server: fuzz\r\n', false);
  }
}

/** The owner of the session: takes its output and looks at the frames of it. */
class Owner {
  readonly streams: Http2Stream[] = [];
  readonly mode: number;
  private nextHop: NextHop | undefined = undefined;

  constructor(mode: number) {
    this.mode = mode;
  }

  onOutput(): void {}
  onFailure(): void {}
  onGoAway(): void {}
  onDrained(): void {}
  onCapacity(): void {}

  onStream(stream: ServerStream): void {
    this.take(stream);
  }

  take(stream: Http2Stream): void {
    this.streams.push(stream);
    stream.handler = new Player(stream, this);
  }

  passOn(head: RequestHead | ResponseHead, ended: boolean): void {
    if (head instanceof RequestHead) {
      this.nextHop ??= new NextHop();
      this.nextHop.check(head, ended);
    } else {
      checkResponseCopy(head);
    }
  }
}

/** Every frame that is written has to be one: whole, on a stream it may stand on, and no larger than allowed. */
function checkOutput(session: Http2Session): void {
  if (session.pendingBytes === 0) return;
  const pieces = session.takeOutput();
  const bytes = pieces.length === 1 ? (pieces[0] as Bytes) : pieces.reduce(joinBytes, noBytes);
  const total = bytes.length;
  let at = startsWithPreface(bytes) ? PREFACE.length : 0;
  while (at < total) {
    check(at + 9 <= total, 'a frame header that is cut off');
    const length =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    check(length <= 16_777_215 && (bytes[at + 3] as number) <= 9, 'a frame that is none');
    at += 9 + length;
  }
  check(at === total, 'a frame that is cut off');
}

/** No frame begins like it: it would have 5 MB. */
function startsWithPreface(bytes: Bytes): boolean {
  return bytes[0] === 0x50 && bytes.toString('latin1', 0, PREFACE.length) === PREFACE;
}

function newSession(owner: Owner, mode: number): Http2Session {
  const chosen = (mode & MODE.impatient) === 0 ? limits : impatientLimits;
  return (mode & MODE.client) === 0
    ? new ServerSession(owner, { limits: chosen })
    : new ClientSession(owner, { limits: chosen, scheme: 'http' });
}

/**
 * Plays a connection whose peer says `input`: its first byte picks side and circumstances, the second how the rest is
 * cut. Returns whatever the input is; throws only when the codec broke a promise of its own.
 */
export function fuzzHttp2(input: Uint8Array): void {
  const mode = input[0] ?? 0;
  const owner = new Owner(mode);
  const session = newSession(owner, mode);
  session.start();
  if ((mode & MODE.unwritable) !== 0) session.setWritable(false);
  if ((mode & MODE.rawPreface) === 0)
    session.push(session instanceof ClientSession ? serverPrologue : clientPrologue, 0);
  if (session instanceof ClientSession) sendRequests(session, owner);
  checkOutput(session);
  pushAll(session, owner, mode, input);
  session.setWritable(true);
  for (const stream of owner.streams) stream.resume();
  if ((mode & MODE.unwritable) === 0) session.abort(ERROR.none);
  else session.lose();
  checkOutput(session);
  check(session.streamCount === 0, 'a stream that outlives its session');
}

function pushAll(session: Http2Session, owner: Owner, mode: number, input: Uint8Array): void {
  const step = 1 + (input[1] ?? 0);
  const said = input.subarray(2);
  const bytes = newBytes(said.length);
  bytes.set(said);
  for (let at = 0, turn = 0; at < bytes.length; at += step, turn++) {
    session.push(bytes.subarray(at, at + step), turn);
    checkOutput(session);
    check(session.streamCount <= 8, 'more streams than allowed');
    for (const stream of owner.streams) check(stream.heldBytes <= 1024, 'more data held than the window');
    if (turn === 4 && (mode & MODE.shutsDown) !== 0) session.shutDown();
    if (turn % 3 === 2) for (const stream of owner.streams) stream.resume();
  }
  for (let at = 0; at < bytes.length; at++) check(bytes[at] === said[at], 'what came was written to');
}

/** What an answer means depends on what was asked. */
function sendRequests(session: ClientSession, owner: Owner): void {
  for (const head of requestHeads) {
    const stream = session.openStream();
    if (stream === undefined) return;
    owner.take(stream);
    stream.sendRequestHead(head, edit, head === requestHeads[0]);
  }
}

function requestHead(method: string, upgrade: string): RequestHead {
  const head = new RequestHead(1);
  head.method = method;
  head.path = '/';
  head.authority = 'fuzz.mesh:80';
  head.upgrade = upgrade;
  return head;
}

function latin1(text: string): Bytes {
  const bytes = newBytes(text.length);
  bytes.write(text, 0, text.length, 'latin1');
  return bytes;
}
