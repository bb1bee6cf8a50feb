import type { RequestEdit } from '../http/head-edit.ts';
import { InterimBudget } from '../http/interim-budget.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { ClientSession } from './client-session.ts';
import { protocolOf } from './head-writer.ts';
import { Http2Stream } from './stream.ts';
import type { ResponseHandler } from './stream-handler.ts';

/** A request of ours and the answer to it. */
export class ClientStream extends Http2Stream {
  declare handler: ResponseHandler;
  declare protected readonly session: ClientSession;
  /** Of the response, once it came; valid until the stream is over. */
  head: ResponseHead | undefined = undefined;
  /** Made when the first interim head comes: few streams see one. */
  private interims: InterimBudget | undefined = undefined;
  /** What the response means depends on what was asked. */
  toHead = false;
  toConnect = false;

  /**
   * Passes on the head of a request that came in either version. One with `upgrade` becomes an extended CONNECT
   * (RFC 8441), of HTTP/1.1 only WebSocket; the session's `allowsConnectProtocol` says whether the peer takes it.
   */
  sendRequestHead(head: RequestHead, edit: RequestEdit, ended: boolean): void {
    if (!this.canSendHead || this.id !== 0) return;
    this.toHead = head.method === 'HEAD';
    this.toConnect = head.method === 'CONNECT' || protocolOf(head) !== '';
    if (!this.session.register(this)) return;
    this.session.headWriter.request(this.id, head, edit, this.session.scheme, ended);
    this.session.countUnread();
    this.headSent(ended);
  }

  /** False: one interim head too many. */
  takeInterim(head: ResponseHead): boolean {
    this.interims ??= new InterimBudget();
    return this.interims.take(head);
  }

  protected override release(): void {
    if (this.head !== undefined) this.session.recycle(this.head);
  }
}
