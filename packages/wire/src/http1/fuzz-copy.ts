import { type Bytes, newBytes } from '../http/bytes.ts';
import { dropTable, FIELD, hopByHop } from '../http/known-fields.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { WireError } from './errors.ts';
import { defaultLimits, type MessageLimits } from './limits.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';
import { chunkedField, serialiseRequestHead, serialiseResponseHead } from './serialise.ts';

/** A copy may be longer than what came: it says its framing in its own words. */
const wideLimits: MessageLimits = {
  ...defaultLimits,
  maxHeadBytes: 60_000,
  maxFields: defaultLimits.maxFields + 2,
};
const requestDrop = dropTable(...hopByHop, FIELD.host);
const responseDrop = dropTable(...hopByHop);

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

class CopySink {
  heads = 0;
  refusal = '';

  onHead(): void {
    this.heads++;
  }

  onInterim(): void {}

  onBody(): void {
    check(false, 'a copied head is followed by a body');
  }

  onEnd(): void {}

  onRefusal(error: WireError): void {
    this.refusal = error.code;
  }
}

/** Reads `text`, which has to hold one whole head. */
function readOne<Head extends RequestHead | ResponseHead>(
  makeReader: (sink: CopySink) => { push(bytes: Bytes): void; readonly head: Head },
  text: string,
): Head {
  const sink = new CopySink();
  const reader = makeReader(sink);
  reader.push(latin1(text));
  check(sink.heads === 1 && sink.refusal === '', `a copied head is not one head: ${sink.refusal} ${text}`);
  return reader.head;
}

/** What is sent on has to be read as the same request by a reader like our own. */
export function checkRequestCopy(head: RequestHead): void {
  if (head.form === 'authority') return;
  const edit = {
    dropped: requestDrop,
    removed: undefined,
    added: '',
    path: '',
    authority: head.authority || 'fuzz',
  };
  const text = serialiseRequestHead(head, edit, head.chunked ? chunkedField : '');
  const copy = readOne((sink) => new RequestReader(sink, wideLimits), text);
  const isSame =
    copy.method === head.method &&
    copy.path === head.path &&
    copy.contentLength === head.contentLength &&
    copy.chunked === head.chunked &&
    !copy.close &&
    copy.upgrade === '' &&
    copy.authority === edit.authority;
  check(isSame, `a copied request means something else: ${text}`);
}

export function checkResponseCopy(head: ResponseHead): void {
  const { framing, status } = head;
  if (framing === 'tunnel') return;
  const added = framing === 'chunked' || framing === 'close' ? chunkedField : '';
  const text = serialiseResponseHead(head, { dropped: responseDrop, removed: undefined, added: '' }, added);
  const hasBody = framing !== 'none' || head.contentLength === 0 || status === 204 || status === 304;
  const copy = readOne((sink) => {
    const reader = new ResponseReader(sink, wideLimits);
    reader.expect(hasBody ? 'GET' : 'HEAD', false);
    return reader;
  }, text);
  // HTTP/2 may say a length of zero before its end.
  const isEmpty = framing === 'length' && head.contentLength === 0;
  const expected = framing === 'close' ? 'chunked' : isEmpty ? 'none' : framing;
  const isSame =
    copy.status === status && copy.framing === expected && copy.contentLength === head.contentLength;
  check(isSame, `a copied response means something else: ${text}`);
}

function latin1(text: string): Bytes {
  const bytes = newBytes(text.length);
  bytes.write(text, 0, text.length, 'latin1');
  return bytes;
}
