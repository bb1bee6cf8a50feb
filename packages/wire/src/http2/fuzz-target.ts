import { type Bytes, newBytes } from '../http/bytes.ts';
import { RequestHead } from '../http/message-head.ts';
import { giveSlab } from '../http/slabs.ts';
import { check } from '../http1/fuzz-copy.ts';
import { ClientSession } from './client-session.ts';
import { ERROR } from './error-codes.ts';
import { PREFACE } from './frame-writer.ts';
import { FuzzOwner, MODE } from './fuzz-player.ts';
import type { SessionLimits } from './limits.ts';
import { ServerSession } from './server-session.ts';
import type { Http2Session } from './session.ts';

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
/** An empty SETTINGS frame. */
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';
/** Stands where bytes stood that nobody may read any more. */
const SPOILT = 0x58;
const serverPrologue = latin1(SETTINGS);
const clientPrologue = latin1(PREFACE + SETTINGS);
const noDrop = new Uint8Array(256);
const edit = { dropped: noDrop, removed: undefined, added: 'x-added: 1\r\n', path: '', authority: '' };
const requestHeads = [
  requestHead('POST', ''),
  requestHead('HEAD', ''),
  requestHead('GET', ''),
  requestHead('CONNECT', ''),
  requestHead('GET', 'websocket'),
];

/** A socket: takes the output, looks at its frames, and gives the memory back with other bytes in it. */
class Target {
  isReady = true;
  private readonly owner: FuzzOwner;

  constructor(owner: FuzzOwner) {
    this.owner = owner;
  }

  write(slab: Bytes, length: number): void {
    checkFrames(slab, length);
    this.owner.note(slab, 0, length);
    slab.fill(SPOILT, 0, length);
    giveSlab(slab);
  }
}

/** Every frame that is written has to be one: whole, of a type that is sent, and in one piece. */
function checkFrames(bytes: Bytes, total: number): void {
  let at = startsWithPreface(bytes) ? PREFACE.length : 0;
  while (at < total) {
    check(at + 9 <= total, 'a frame header that is cut off');
    const length =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    check((bytes[at + 3] as number) <= 9, 'a frame that is none');
    at += 9 + length;
  }
  check(at === total, 'a frame that is cut off');
}

/** No frame begins like it: it would have 5 MB. */
function startsWithPreface(bytes: Bytes): boolean {
  return bytes[0] === 0x50 && bytes.toString('latin1', 0, PREFACE.length) === PREFACE;
}

function newSession(owner: FuzzOwner): Http2Session {
  const { mode } = owner;
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
  // A quarter of the inputs, as it takes twice the time.
  const isCompared = (mode & (MODE.rawPreface | MODE.passesOn)) === 0;
  const spoilt = play(input, mode, isCompared, true);
  if (isCompared) check(spoilt === play(input, mode, true, false), 'bytes that were used behind their time');
}

/** `spoils`: what was pushed is overwritten, as by the next read into the same memory. Returns the log. */
function play(input: Uint8Array, mode: number, isLogged: boolean, spoils: boolean): string {
  const owner = new FuzzOwner(mode, isLogged);
  const target = new Target(owner);
  const session = newSession(owner);
  session.start();
  if ((mode & MODE.unwritable) !== 0) session.setWritable(false);
  if ((mode & MODE.rawPreface) === 0)
    session.push(session instanceof ClientSession ? serverPrologue : clientPrologue, 0);
  if (session instanceof ClientSession) sendRequests(session, owner);
  session.flushTo(target);
  pushAll(session, owner, target, input, spoils);
  target.isReady = true;
  session.setWritable(true);
  for (const stream of owner.streams) stream.resume();
  session.flushTo(target);
  if ((mode & MODE.unwritable) === 0) session.abort(ERROR.none);
  else session.lose();
  session.flushTo(target);
  check(session.streamCount === 0, 'a stream that outlives its session');
  return owner.log;
}

function pushAll(
  session: Http2Session,
  owner: FuzzOwner,
  target: Target,
  input: Uint8Array,
  spoils: boolean,
): void {
  const { mode } = owner;
  const step = 1 + (input[1] ?? 0);
  const said = input.subarray(2);
  const bytes = newBytes(said.length);
  bytes.set(said);
  for (let at = 0, turn = 0; at < bytes.length; at += step, turn++) {
    const piece = bytes.subarray(at, at + step);
    session.push(piece, turn);
    if (spoils) piece.fill(SPOILT);
    target.isReady = (mode & MODE.shutsDown) === 0 || turn % 4 !== 0;
    session.flushTo(target);
    check(session.streamCount <= 8, 'more streams than allowed');
    for (const stream of owner.streams) check(stream.heldBytes <= 1024, 'more data held than the window');
    if (turn === 4 && (mode & MODE.shutsDown) !== 0) session.shutDown();
    if (turn % 3 === 2) for (const stream of owner.streams) stream.resume();
  }
  if (spoils) return;
  for (let at = 0; at < bytes.length; at++) check(bytes[at] === said[at], 'what came was written to');
}

/** What an answer means depends on what was asked. */
function sendRequests(session: ClientSession, owner: FuzzOwner): void {
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
