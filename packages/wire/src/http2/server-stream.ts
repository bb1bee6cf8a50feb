import type { HeadEdit } from '../http/head-edit.ts';
import type { ResponseHead } from '../http/message-head.ts';
import { Http2Stream } from './stream.ts';
import type { RequestHandler } from './stream-handler.ts';

/** A request of the peer and the answer to it. */
export class ServerStream extends Http2Stream {
  declare handler: RequestHandler;

  /** Passes on the final head of a response that came in either version. A 101 is sent as 200 (RFC 8441 section 5). */
  sendResponseHead(_head: ResponseHead, _edit: HeadEdit, _ended: boolean): void {}

  /** A final head of our own: `lines` are whole field lines, names in lower case, each with CRLF. */
  sendPlainHead(_status: number, _lines: string, _ended: boolean): void {}

  /** Passes on a 1xx; a 101 is not sent, as HTTP/2 knows no switch of protocols (RFC 9113 section 8.6). */
  sendInterim(_head: ResponseHead, _edit: HeadEdit): void {}

  /** A 1xx of our own, such as 100 Continue. */
  sendPlainInterim(_status: number, _lines: string): void {}
}
