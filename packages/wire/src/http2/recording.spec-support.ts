import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { ClientOptions } from './client-session.ts';
import { ClientSession } from './client-session.ts';
import type { ClientStream } from './client-stream.ts';
import { FRAME } from './frame-header.ts';
import { clientPreface, type ReadFrame, readFrames } from './frames.spec-support.ts';
import { type ServerOptions, ServerSession } from './server-session.ts';
import type { ServerStream } from './server-stream.ts';
import type { Http2Session } from './session.ts';
import type { Http2Stream } from './stream.ts';

/** For specs: what a stream reported, as plain data. */
export class RecordingHandler {
  head: Record<string, unknown> | undefined = undefined;
  interim: number[] = [];
  fields: [string, string][] = [];
  body = '';
  trailers: [string, string][] | undefined = undefined;
  ended = false;
  reset: { code: number; untouched: boolean } | undefined = undefined;
  windows = 0;

  onHead(head: RequestHead | ResponseHead, ended: boolean): void {
    const { contentLength, chunked, upgrade, major } = head;
    const own =
      'method' in head
        ? {
            method: head.method,
            path: head.path,
            authority: head.authority,
            scheme: head.scheme,
            form: head.form,
            hasBody: head.hasBody,
            acceptsTrailers: head.acceptsTrailers,
            expectsContinue: head.expectsContinue,
          }
        : { status: head.status, framing: head.framing };
    this.head = { ...own, contentLength, chunked, upgrade, major, ended };
    this.fields = head.entries();
  }

  onInterim(head: ResponseHead): void {
    this.interim.push(head.status);
  }

  onData(bytes: Bytes, start: number, end: number): void {
    this.body += bytes.toString('latin1', start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    this.ended = true;
    this.trailers = trailers?.entries();
  }

  onReset(code: number, untouched: boolean): void {
    this.reset = { code, untouched };
  }

  onWindow(): void {
    this.windows++;
  }
}

export class RecordingOwner {
  readonly handlers: RecordingHandler[] = [];
  readonly streams: ServerStream[] = [];
  failure: string | undefined = undefined;
  goAway: number | undefined = undefined;
  drained = 0;
  outputs = 0;
  capacities = 0;
  /** Changes what is done with a new stream. */
  accept: (stream: ServerStream, handler: RecordingHandler) => void = () => {};

  onOutput(): void {
    this.outputs++;
  }

  onFailure(error: { reason: string }): void {
    this.failure = error.reason;
  }

  onGoAway(code: number): void {
    this.goAway = code;
  }

  onDrained(): void {
    this.drained++;
  }

  onCapacity(): void {
    this.capacities++;
  }

  onStream(stream: ServerStream): void {
    const handler = new RecordingHandler();
    stream.handler = handler;
    this.streams.push(stream);
    this.handlers.push(handler);
    this.accept(stream, handler);
  }
}

export function take(session: Http2Session): ReadFrame[] {
  return readFrames(Buffer.concat(session.takeOutput()));
}

/** As a socket that reads into the same memory again: what was pushed is valid during the call. */
function pushAndSpoil(session: Http2Session, bytes: Bytes, nowMs: number): void {
  session.push(bytes, nowMs);
  bytes.fill(0x58);
}

/** A server past the prefaces, and what it owes taken from it. */
export function startServer(options: ServerOptions = {}) {
  const owner = new RecordingOwner();
  const session = new ServerSession(owner, options);
  session.start();
  session.push(clientPreface, 0);
  session.takeOutput();
  return { owner, session };
}

/** What a server makes of the pieces, behind the preface. */
export function serve(pieces: readonly Uint8Array[], options: ServerOptions = {}) {
  const { owner, session } = startServer(options);
  for (const piece of pieces) pushAndSpoil(session, Buffer.from(piece), 0);
  const frames = take(session);
  const resets = frames
    .filter(({ type }) => type === FRAME.rstStream)
    .map(({ stream, payload }) => [stream, payload.readUInt32BE(0)]);
  const goAway = frames.find(({ type }) => type === FRAME.goAway);
  return { owner, session, frames, resets, goAwayCode: goAway?.payload.readUInt32BE(4) };
}

/** A client and a server that hear each other when `exchange` is called. */
export class Pair {
  readonly clientOwner = new RecordingOwner();
  readonly serverOwner = new RecordingOwner();
  readonly client: ClientSession;
  readonly server: ServerSession;
  now = 0;

  constructor(options: { client?: Partial<ClientOptions>; server?: ServerOptions } = {}) {
    this.client = new ClientSession(this.clientOwner, { scheme: 'http', ...options.client });
    this.server = new ServerSession(this.serverOwner, options.server);
    this.client.start();
    this.server.start();
    this.exchange();
  }

  /** Carries all output over until both are silent. */
  exchange(): void {
    for (;;) {
      const up = this.client.takeOutput();
      const down = this.server.takeOutput();
      if (up.length === 0 && down.length === 0) return;
      for (const piece of up) pushAndSpoil(this.server, piece, this.now);
      for (const piece of down) pushAndSpoil(this.client, piece, this.now);
    }
  }

  open(): { stream: ClientStream; handler: RecordingHandler } {
    const stream = this.client.openStream();
    if (stream === undefined) throw new Error('no stream is to be had');
    const handler = new RecordingHandler();
    stream.handler = handler;
    return { stream, handler };
  }

  /** The last stream that came to the server. */
  get last(): { stream: ServerStream; handler: RecordingHandler } {
    const stream = this.serverOwner.streams.at(-1);
    const handler = this.serverOwner.handlers.at(-1);
    if (stream === undefined || handler === undefined) throw new Error('no stream came');
    return { stream, handler };
  }
}

export function send(stream: Http2Stream, text: string): boolean {
  return stream.sendData(Buffer.from(text, 'latin1'), 0, text.length);
}
