import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { WireError } from './errors.ts';
import type { MessageReader } from './message-reader.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';

/** For specs: what a reader reported, as plain data; body bytes of one message are joined. */
export interface RecordedMessage {
  head: object;
  fields: [string, string][];
  body: string;
  trailers: [string, string][] | undefined;
  ended: boolean;
}

export class RecordingSink {
  readonly messages: RecordedMessage[] = [];
  refusal: string | undefined = undefined;

  onHead(head: RequestHead | ResponseHead): void {
    const { minor, contentLength, chunked, close, keepAlive, upgrade, persistent } = head;
    const line =
      'method' in head
        ? {
            method: head.method,
            target: head.target,
            path: head.path,
            authority: head.authority,
            form: head.form,
          }
        : { status: head.status, reason: head.reason, framing: head.framing };
    this.messages.push({
      head: { ...line, minor, contentLength, chunked, close, keepAlive, upgrade, persistent },
      fields: head.entries(),
      body: '',
      trailers: undefined,
      ended: false,
    });
  }

  onInterim(head: ResponseHead): void {
    this.onHead(head);
  }

  onBody(bytes: Bytes, start: number, end: number): void {
    this.last().body += bytes.toString('latin1', start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    this.last().trailers = trailers?.entries();
    this.last().ended = true;
  }

  onRefusal(error: WireError): void {
    this.refusal = error.code;
  }

  private last(): RecordedMessage {
    const last = this.messages.at(-1);
    if (last === undefined) throw new Error('an event came before any head');
    return last;
  }
}

/** As a socket that reads into the same memory again: what was pushed is valid during the call. */
function pushAndSpoil(reader: MessageReader, piece: string): void {
  const bytes = Buffer.from(piece, 'latin1');
  reader.push(bytes);
  bytes.fill(0x58);
}

export function readRequests(pieces: readonly string[]): RecordingSink {
  const sink = new RecordingSink();
  const reader = new RequestReader(sink);
  for (const piece of pieces) pushAndSpoil(reader, piece);
  return sink;
}

export function readResponse(pieces: readonly string[], method = 'GET', upgrade = false): RecordingSink {
  const sink = new RecordingSink();
  const reader = new ResponseReader(sink);
  reader.expect(method, upgrade);
  for (const piece of pieces) pushAndSpoil(reader, piece);
  reader.finish();
  return sink;
}
