import type { RequestEdit } from '../http/head-edit.ts';
import type { RequestHead } from '../http/message-head.ts';
import { Http2Stream } from './stream.ts';
import type { ResponseHandler } from './stream-handler.ts';

/** A request of ours and the answer to it. */
export class ClientStream extends Http2Stream {
  declare handler: ResponseHandler;

  /**
   * Passes on the head of a request that came in either version. One with `upgrade` becomes an extended CONNECT
   * (RFC 8441); the session's `allowsConnectProtocol` says whether the peer takes it.
   */
  sendRequestHead(_head: RequestHead, _edit: RequestEdit, _ended: boolean): void {}
}
