import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import { RequestHead, type ResponseHead } from '../http/message-head.ts';
import { check, checkResponseCopy } from '../http1/fuzz-copy.ts';
import { NextHop } from './fuzz-copy.ts';
import { ServerStream } from './server-stream.ts';
import type { Http2Stream } from './stream.ts';

/** Bits of the first byte: what is tested. */
export const MODE = {
  client: 1,
  rawPreface: 2,
  pauses: 4,
  answersLate: 8,
  unwritable: 16,
  shutsDown: 32,
  impatient: 64,
  passesOn: 128,
} as const;

const LINE_END = /[\r\n\0]/;

/** Plays both kinds of handler, and checks that events come in their order. */
class Player {
  private readonly stream: Http2Stream;
  private readonly owner: FuzzOwner;
  private readonly mode: number;
  private began = false;
  private over = false;

  constructor(stream: Http2Stream, owner: FuzzOwner) {
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
    this.owner.note(bytes, start, end);
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

/** The owner of the session. */
export class FuzzOwner {
  readonly streams: Http2Stream[] = [];
  readonly mode: number;
  /** What streams were given and what was written: the same whatever becomes of memory that was handed over. */
  log = '';
  private readonly isLogged: boolean;
  private nextHop: NextHop | undefined = undefined;

  constructor(mode: number, isLogged: boolean) {
    this.mode = mode;
    this.isLogged = isLogged;
  }

  note(bytes: Bytes, start: number, end: number): void {
    if (this.isLogged) this.log += bytes.toString('latin1', start, end);
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
