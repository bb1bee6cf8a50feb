import { type Bytes, newBytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import { RequestHead, type ResponseHead } from '../http/message-head.ts';
import type { WireError } from './errors.ts';
import { check, checkRequestCopy, checkResponseCopy } from './fuzz-copy.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';

/** Small, so that short inputs reach them. */
const smallLimits: MessageLimits = {
  maxHeadBytes: 256,
  maxFields: 6,
  maxTrailerBytes: 64,
  maxTrailerFields: 2,
};
/** Stands where bytes stood that nobody may read any more. */
const SPOILT = 0x58;
/** Bits of the first byte: what is tested. */
const MODE = { response: 1, pauses: 2, toHead: 4, toUpgrade: 8, smallLimits: 16 } as const;

/** Takes what a reader says, checks its order, and writes down its meaning. */
class Recorder {
  /** The same however the bytes were cut; body bytes of one message are joined. */
  log = '';
  refusal = '';
  pauses = false;
  reader: RequestReader | ResponseReader | undefined = undefined;
  private state: 'idle' | 'body' | 'over' = 'idle';

  onHead(head: RequestHead | ResponseHead): void {
    check(this.state === 'idle', 'a head inside a message');
    this.state = 'body';
    this.writeHead(head);
    // Passing on is where a difference in meaning would become smuggling.
    if (head instanceof RequestHead) checkRequestCopy(head);
    else checkResponseCopy(head);
    this.event();
  }

  onInterim(head: ResponseHead): void {
    check(this.state === 'idle', 'an interim head inside a message');
    this.writeHead(head);
    this.event();
  }

  onBody(bytes: Bytes, start: number, end: number): void {
    check(this.state === 'body' && start < end && end <= bytes.length, 'body out of place');
    this.log += bytes.toString('latin1', start, end);
    this.event();
  }

  onEnd(trailers: FieldSection | undefined): void {
    check(this.state === 'body', 'an end out of place');
    this.state = 'idle';
    this.log += `\n<end ${JSON.stringify(trailers?.entries())}>\n`;
    this.event();
  }

  onRefusal(error: WireError): void {
    check(this.state !== 'over', 'an event behind a refusal');
    this.state = 'over';
    this.refusal = error.code;
  }

  private event(): void {
    if (this.pauses) this.reader?.pause();
  }

  private writeHead(head: RequestHead | ResponseHead): void {
    const fields = head.entries();
    for (const [name, value] of fields) {
      check(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name), 'a name that is no token');
      check(
        !/[\r\n\0]/.test(value) && value === value.replace(/^[ \t]+|[ \t]+$/g, ''),
        'a value with a line end',
      );
    }
    const { minor, contentLength, chunked, close, upgrade } = head;
    const line =
      head instanceof RequestHead ? [head.method, head.target, head.authority] : [head.status, head.framing];
    this.log += `<head ${JSON.stringify([line, minor, contentLength, chunked, close, upgrade, fields])}>\n`;
  }
}

function play(input: Uint8Array, mode: number, step: number): Recorder {
  const recorder = new Recorder();
  const limits = (mode & MODE.smallLimits) === 0 ? defaultLimits : smallLimits;
  const reader =
    (mode & MODE.response) === 0 ? new RequestReader(recorder, limits) : new ResponseReader(recorder, limits);
  const method = (mode & MODE.toHead) === 0 ? 'GET' : 'HEAD';
  recorder.reader = reader;
  recorder.pauses = (mode & MODE.pauses) !== 0;
  if (reader instanceof ResponseReader) reader.expect(method, (mode & MODE.toUpgrade) !== 0);
  for (let at = 0; at < input.length; at += step) {
    const piece = newBytes(Math.min(step, input.length - at));
    piece.set(input.subarray(at, at + step));
    reader.push(piece);
    // As the next read into the same memory does.
    piece.fill(SPOILT);
    // Each resumption gives at least one event, and an event takes at least one byte: heads, trailers and ends have some.
    for (let turns = 0; reader.isPaused; turns++) {
      check(turns <= 3 * input.length + 3, 'a reader that does not get on');
      reader.resume();
    }
  }
  reader.finish();
  return recorder;
}

/**
 * Reads what a peer says in `input`: its first byte picks side and circumstances, the second how the rest is cut.
 * Returns whatever the input is; throws only when the codec broke a promise of its own: order of events, the same
 * meaning however the bytes are cut, and the same meaning when a head is passed on.
 */
export function fuzzHttp1(input: Uint8Array): void {
  const mode = input[0] ?? 0;
  const bytes = input.subarray(2);
  const whole = play(bytes, mode, Math.max(1, bytes.length));
  const cut = play(bytes, mode, 1 + (input[1] ?? 0));
  check(whole.log === cut.log, `cut into pieces it reads as something else:\n${whole.log}\n${cut.log}`);
  check(
    (whole.refusal === '') === (cut.refusal === ''),
    `cut into pieces it is refused otherwise: ${whole.refusal}`,
  );
}
