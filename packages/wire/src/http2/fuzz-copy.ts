import { dropTable, hopByHop } from '../http/known-fields.ts';
import type { RequestHead } from '../http/message-head.ts';
import { check, checkRequestCopy } from '../http1/fuzz-copy.ts';
import { ClientSession } from './client-session.ts';
import { ServerSession } from './server-session.ts';
import type { ServerStream } from './server-stream.ts';
import { noHandler } from './stream-handler.ts';

const edit = { dropped: dropTable(...hopByHop), removed: undefined, added: '', path: '', authority: '' };
const unheard = { onOutput() {}, onFailure() {}, onGoAway() {}, onDrained() {}, onCapacity() {} };

/** The next hop: whatever was accepted on this connection has to mean the same there, in either version. */
export class NextHop {
  private readonly client = new ClientSession(unheard, { scheme: 'http' });
  private readonly server: ServerSession;
  private arrived = '';

  constructor() {
    const onStream = (stream: ServerStream) => {
      const { onData, onEnd, onReset, onWindow } = noHandler;
      const onHead = (head: RequestHead, ended: boolean) => {
        this.arrived += meaningOf(head, ended);
      };
      stream.handler = { onHead, onData, onEnd, onReset, onWindow };
    };
    this.server = new ServerSession({ ...unheard, onStream });
    this.client.start();
  }

  check(head: RequestHead, ended: boolean): void {
    check(head.method !== 'CONNECT' || head.contentLength <= 0, 'a tunnel with content');
    if (head.upgrade === '') checkRequestCopy(head);
    // A tunnel of no content goes on without saying so.
    if (head.method === 'CONNECT' && head.contentLength === 0) return;
    // Whoever passes on a request for another protocol makes it one for none before.
    if (head.upgrade !== '' && head.upgrade !== 'websocket') return;
    const stream = this.client.openStream();
    if (stream === undefined) return;
    stream.handler = noHandler;
    this.arrived = '';
    stream.sendRequestHead(head, edit, ended);
    for (const piece of this.client.takeOutput()) this.server.push(piece, 0);
    const expected = meaningOf(head, ended);
    check(this.arrived === expected, `a copied request means something else: ${expected} ${this.arrived}`);
  }
}

function meaningOf(head: RequestHead, ended: boolean): string {
  const { method, path, authority, contentLength, chunked, upgrade } = head;
  return `${method} ${path} ${authority} ${contentLength} ${chunked} ${upgrade} ${ended}\n${head.kept(edit.dropped)}`;
}
