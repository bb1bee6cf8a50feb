import type { HeadEdit } from '../http/head-edit.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { ServerSession } from './server-session.ts';
import { Http2Stream } from './stream.ts';
import type { RequestHandler } from './stream-handler.ts';

/** A request of the peer and the answer to it. */
export class ServerStream extends Http2Stream {
  declare handler: RequestHandler;
  declare protected readonly session: ServerSession;
  /** Valid until the stream is over. */
  readonly head: RequestHead;
  private headIsSent = false;

  constructor(
    session: ServerSession,
    id: number,
    head: RequestHead,
    windowBytes: number,
    sendWindow: number,
  ) {
    super(session, windowBytes, sendWindow);
    this.id = id;
    this.head = head;
    this.hasHead = true;
  }

  /** Passes on the final head of a response that came in either version. A 101 is sent as 200 (RFC 8441 section 5). */
  sendResponseHead(head: ResponseHead, edit: HeadEdit, ended: boolean): void {
    if (!this.beginHead()) return;
    this.session.headWriter.response(this.id, head, edit, ended);
    this.endHead(ended);
  }

  /** A final head of our own: `lines` are whole field lines, names in lower case, each with CRLF. */
  sendPlainHead(status: number, lines: string, ended: boolean): void {
    if (!this.beginHead()) return;
    this.session.headWriter.plain(this.id, status, lines, ended);
    this.endHead(ended);
  }

  /** Passes on a 1xx; a 101 is not sent, as HTTP/2 knows no switch of protocols (RFC 9113 section 8.6). */
  sendInterim(head: ResponseHead, edit: HeadEdit): void {
    if (head.status === 101 || !this.canSendHead || this.headIsSent) return;
    this.session.wantOutput();
    this.session.headWriter.response(this.id, head, edit, false);
    this.session.countUnread();
  }

  /** A 1xx of our own, such as 100 Continue. */
  sendPlainInterim(status: number, lines: string): void {
    if (!this.canSendHead || this.headIsSent) return;
    this.session.wantOutput();
    this.session.headWriter.plain(this.id, status, lines, false);
    this.session.countUnread();
  }

  protected override release(): void {
    this.session.recycle(this.head);
  }

  private beginHead(): boolean {
    if (!this.canSendHead || this.headIsSent) return false;
    this.headIsSent = true;
    this.session.wantOutput();
    return true;
  }

  private endHead(ended: boolean): void {
    this.session.countUnread();
    this.headSent(ended);
  }
}
