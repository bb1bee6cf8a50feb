import type { RequestEdit } from '../http/head-edit.ts';
import { dropTable, hopByHop } from '../http/known-fields.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import { RequestReader } from '../http1/request-reader.ts';
import { ResponseReader } from '../http1/response-reader.ts';

const ignore = {
  onBody() {},
  onEnd() {},
  onInterim() {},
  onRefusal(error: Error) {
    throw error;
  },
};

/** For specs: the head of a request as a caller of HTTP/1.1 sends it. */
export function http1Request(text: string): RequestHead {
  let found: RequestHead | undefined;
  new RequestReader({ ...ignore, onHead: (head) => (found = head) }).push(Buffer.from(text, 'latin1'));
  if (found === undefined) throw new Error('no head was read');
  return found;
}

export function http1Response(text: string): ResponseHead {
  let found: ResponseHead | undefined;
  const reader = new ResponseReader({ ...ignore, onHead: (head) => (found = head) });
  reader.expect('GET', true);
  reader.push(Buffer.from(text, 'latin1'));
  if (found === undefined) throw new Error('no head was read');
  return found;
}

export const plainGet = 'GET / HTTP/1.1\r\nHost: a.mesh\r\n\r\n';
export const plainPost = 'POST / HTTP/1.1\r\nHost: a.mesh\r\nTransfer-Encoding: chunked\r\n\r\n';
export const ok = 'HTTP/1.1 200 OK\r\n\r\n';

/** What a proxy changes: nothing but the fields of the hop. */
export const passOn: RequestEdit = {
  dropped: dropTable(...hopByHop),
  removed: undefined,
  added: '',
  path: '',
  authority: '',
};
