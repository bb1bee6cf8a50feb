import { type Bytes, newBytes } from '../http/bytes.ts';
import { RequestHead, type ResponseHead } from '../http/message-head.ts';
import { ClientSession } from './client-session.ts';
import type { ClientStream } from './client-stream.ts';
import { ERROR } from './error-codes.ts';
import { PREFACE } from './frame-writer.ts';
import type { SessionLimits } from './limits.ts';
import { ServerSession } from './server-session.ts';
import type { ServerStream } from './server-stream.ts';
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
/** Bits of the first byte: what is tested. */
const MODE = { client: 1, rawPreface: 2, pauses: 4, answersLate: 8, unwritable: 16, shutsDown: 32 } as const;

/** An empty SETTINGS frame. */
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';
const REQUESTS = 3;
const noDrop = new Uint8Array(256);
const edit = { dropped: noDrop, removed: undefined, added: 'x-added: 1\r\n', path: '', authority: '' };

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

/** Plays both kinds of handler, and checks that events come in their order. */
class Player {
  private readonly stream: Http2Stream;
  private readonly mode: number;
  private readonly answer: (ended: boolean) => void;
  private began = false;
  private over = false;

  constructor(stream: Http2Stream, mode: number, answer: (ended: boolean) => void) {
    this.stream = stream;
    this.mode = mode;
    this.answer = answer;
  }

  onHead(head: RequestHead | ResponseHead, ended: boolean): void {
    check(!this.began && !this.over, 'a second head');
    this.began = true;
    for (const [name, value] of head.entries()) {
      check(name !== '' && name === name.toLowerCase(), 'a name that is none');
      check(!/[\r\n\0]/.test(value), 'a value with a line end');
    }
    if ((this.mode & MODE.pauses) !== 0) this.stream.pause();
    if ((this.mode & MODE.answersLate) === 0) this.answer(ended);
  }

  onInterim(): void {
    check(!this.began && !this.over, 'an interim head behind the final one');
  }

  onData(bytes: Bytes, start: number, end: number): void {
    check(this.began && !this.over && start < end && end <= bytes.length, 'data out of place');
    if ((this.mode & MODE.pauses) !== 0) this.stream.pause();
    this.stream.sendData(bytes, start, end);
  }

  onEnd(): void {
    check(this.began && !this.over, 'an end out of place');
    this.over = true;
    if ((this.mode & MODE.answersLate) !== 0) this.answer(false);
    this.stream.sendEnd(undefined);
  }

  onReset(): void {
    this.over = true;
    check(this.stream.isClosed, 'a reset stream that lives');
  }

  onWindow(): void {
    this.stream.sendEnd(undefined);
  }
}

/** The owner of the session: takes its output and looks at the frames of it. */
class Owner {
  readonly streams: Http2Stream[] = [];
  private readonly mode: number;

  constructor(mode: number) {
    this.mode = mode;
  }

  onOutput(): void {}
  onFailure(): void {}
  onGoAway(): void {}
  onDrained(): void {}
  onCapacity(): void {}

  onStream(stream: ServerStream): void {
    this.streams.push(stream);
    const answer = () => stream.sendPlainHead(200, 'server: fuzz\r\n', false);
    stream.handler = new Player(stream, this.mode, answer);
  }

  onClientStream(stream: ClientStream): void {
    this.streams.push(stream);
    stream.handler = new Player(stream, this.mode, () => {});
  }
}

/** Every frame that is written has to be one: whole, on a stream it may stand on, and no larger than allowed. */
function checkOutput(session: Http2Session, client: boolean): void {
  const pieces = session.takeOutput();
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = newBytes(total);
  let to = 0;
  for (const piece of pieces) to += piece.copy(bytes, to, 0, piece.length);
  let at = client && bytes.toString('latin1', 0, PREFACE.length) === PREFACE ? PREFACE.length : 0;
  while (at < total) {
    check(at + 9 <= total, 'a frame header that is cut off');
    const length =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    check(length <= 16_777_215 && (bytes[at + 3] as number) <= 9, 'a frame that is none');
    at += 9 + length;
  }
  check(at === total, 'a frame that is cut off');
}

/**
 * Plays a connection whose peer says `input`: its first byte picks side and circumstances, the second how the rest is
 * cut. Returns whatever the input is; throws only when the codec broke a promise of its own.
 */
export function fuzzHttp2(input: Uint8Array): void {
  const mode = input[0] ?? 0;
  const step = 1 + (input[1] ?? 0);
  const client = (mode & MODE.client) !== 0;
  const owner = new Owner(mode);
  const session = client
    ? new ClientSession(owner, { limits, scheme: 'http' })
    : new ServerSession(owner, { limits });
  session.start();
  if ((mode & MODE.unwritable) !== 0) session.setWritable(false);
  if ((mode & MODE.rawPreface) === 0) session.push(latin1(client ? SETTINGS : PREFACE + SETTINGS), 0);
  if (session instanceof ClientSession) sendRequests(session, owner);
  checkOutput(session, client);
  for (let at = 2, turn = 0; at < input.length; at += step, turn++) {
    const piece = newBytes(Math.min(step, input.length - at));
    piece.set(input.subarray(at, at + step));
    session.push(piece, turn);
    checkOutput(session, client);
    check(session.streamCount <= 8, 'more streams than allowed');
    for (const stream of owner.streams) check(stream.heldBytes <= 1024, 'more data held than the window');
    if (turn === 4 && (mode & MODE.shutsDown) !== 0) session.shutDown();
    if (turn % 3 === 2) for (const stream of owner.streams) stream.resume();
  }
  session.setWritable(true);
  for (const stream of owner.streams) stream.resume();
  if ((mode & MODE.unwritable) === 0) session.abort(ERROR.none);
  else session.lose();
  checkOutput(session, client);
  check(session.streamCount === 0, 'a stream that outlives its session');
}

function sendRequests(session: ClientSession, owner: Owner): void {
  for (let count = 0; count < REQUESTS; count++) {
    const stream = session.openStream();
    if (stream === undefined) return;
    owner.onClientStream(stream);
    stream.sendRequestHead(requestHead(), edit, count === 0);
  }
}

function requestHead(): RequestHead {
  const head = new RequestHead(1);
  head.method = 'POST';
  head.path = '/';
  head.authority = 'fuzz.mesh';
  return head;
}

function latin1(text: string): Bytes {
  const bytes = newBytes(text.length);
  bytes.write(text, 0, text.length, 'latin1');
  return bytes;
}
