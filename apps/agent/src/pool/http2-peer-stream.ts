import { type Bytes, copyBytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { ClientStream } from '@tulle/wire/http2/client-stream';
import { ERROR, type ErrorCode } from '@tulle/wire/http2/error-codes';
import type { ResponseHandler } from '@tulle/wire/http2/stream-handler';
import { restoreRefusedTunnel } from '../forward/refused-tunnel.ts';
import { acceptOf } from '../forward/web-socket-key.ts';
import type { Http2Peer } from './http2-peer.ts';
import type { PeerExchange } from './peer-exchange.ts';
import type { PeerStream } from './peer-stream.ts';

/** A request on a stream of an HTTP/2 connection to a peer. */
export class Http2PeerStream implements PeerStream, ResponseHandler {
  private readonly peer: Http2Peer;
  private readonly stream: ClientStream;
  private exchange: PeerExchange | undefined = undefined;
  private isWebSocket = false;
  private isTcp = false;
  /** The end of a tunnel. */
  private finSent = false;
  /** Of the handshake that HTTP/2 does without (RFC 8441 section 5). */
  private webSocketKey = '';
  private answered = false;
  /** An upgrade that waits for the peer to say whether it takes it. */
  private held: { readonly head: RequestHead; readonly edit: RequestEdit } | undefined = undefined;

  constructor(peer: Http2Peer, stream: ClientStream) {
    this.peer = peer;
    this.stream = stream;
    stream.handler = this;
  }

  begin(exchange: PeerExchange): void {
    this.exchange = exchange;
  }

  sendHead(head: RequestHead, edit: RequestEdit): number {
    this.isWebSocket = head.upgrade === 'websocket';
    this.isTcp = head.method === 'CONNECT';
    if (this.isWebSocket) this.sendUpgrade(head, edit);
    else this.stream.sendRequestHead(head, edit, !head.hasBody && !this.isTcp);
    return head.end;
  }

  /** The peer said what it takes. */
  onSettings(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) this.sendUpgrade(held.head, held.edit);
  }

  /** The connection is gone before the peer said anything. */
  onNeverSent(): void {
    if (this.held !== undefined) this.onReset(ERROR.cancel, true);
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.stream.sendData(bytes, start, end)) this.exchange?.onPeerBlocked();
  }

  sendEnd(trailers: FieldSection | undefined): void {
    this.stream.sendEnd(trailers);
  }

  sendFin(): void {
    this.finSent = true;
    this.stream.sendEnd(undefined);
  }

  switchToTunnel(): void {}

  pauseReading(): void {
    this.stream.pause();
  }

  resumeReading(): void {
    this.stream.resume();
  }

  leave(complete: boolean): void {
    this.exchange = undefined;
    this.held = undefined;
    // Our end of a tunnel that has ended well may still be behind bytes that wait for a window. Every other stream is
    // reset, also one that is closed: what of its answer was not read takes up room in the window of the connection.
    if (!complete || !this.finSent) this.stream.reset(ERROR.cancel);
    this.peer.release();
  }

  onHead(head: ResponseHead, _ended: boolean): void {
    this.answered = true;
    if (this.isWebSocket && head.status >= 200 && head.status < 300) this.readAsSwitch(head);
    else if (this.isWebSocket && this.peer.isAgent) restoreRefusedTunnel(head);
    this.exchange?.onResponseHead(head);
  }

  onInterim(head: ResponseHead): void {
    this.exchange?.onInterim(head);
  }

  onData(bytes: Bytes, start: number, end: number): void {
    // A caller of TCP gives its socket what it was given, which may send it later.
    if (this.isTcp) this.exchange?.onResponseBody(copyBytes(bytes, start, end), 0, end - start);
    else this.exchange?.onResponseBody(bytes, start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    this.exchange?.onResponseEnd(trailers);
  }

  onReset(code: ErrorCode, untouched: boolean): void {
    const { exchange } = this;
    // Left already, and given back then.
    if (exchange === undefined) return;
    this.exchange = undefined;
    this.peer.release();
    const detail = this.peer.failure === '' ? `the stream was reset with code ${code}` : this.peer.failure;
    if (this.answered) exchange.onBadResponse('peer_reset', detail);
    else exchange.onPeerLost(untouched ? 'never' : 'maybe', detail);
  }

  onWindow(): void {
    this.exchange?.onPeerDrained();
  }

  /** RFC 8441 section 3: only to a peer that has announced that it takes extended CONNECT. */
  private sendUpgrade(head: RequestHead, edit: RequestEdit): void {
    const { session } = this.peer;
    if (!session.peer.known) {
      this.held = { head, edit };
      this.peer.awaitSettings(this);
    } else if (session.allowsConnectProtocol) {
      this.webSocketKey = head.known(FIELD.webSocketKey) ?? '';
      this.stream.sendRequestHead(head, edit, false);
    } else {
      this.exchange?.onUnfit('upgrade_unsupported', '');
    }
  }

  /** What HTTP/1.1 would have answered to the same handshake. */
  private readAsSwitch(head: ResponseHead): void {
    head.status = 101;
    head.upgrade = 'websocket';
    head.framing = 'tunnel';
    if (this.webSocketKey === '') return;
    const name = 'sec-websocket-accept';
    head.addLine(FIELD.webSocketAccept, `${name}: ${acceptOf(this.webSocketKey)}\r\n`, name.length);
  }
}
