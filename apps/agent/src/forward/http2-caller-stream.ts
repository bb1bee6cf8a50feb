import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import { ERROR } from '@tulle/wire/http2/error-codes';
import type { ServerStream } from '@tulle/wire/http2/server-stream';
import type { RequestHandler } from '@tulle/wire/http2/stream-handler';
import type { HeadChange } from '../router/route-decision.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeCaller } from './exchange-caller.ts';
import type { Http2Caller } from './http2-caller.ts';
import type { MeshAnswer } from './mesh-answer.ts';
import { sendRefusedTunnel } from './refused-tunnel.ts';
import { mergeDropped } from './request-edit.ts';
import { responseEdit } from './response-fields.ts';
import { newKey } from './web-socket-key.ts';

const accept = dropTable(FIELD.webSocketAccept);

/** One request of a caller that speaks HTTP/2. */
export class Http2CallerStream implements RequestHandler, ExchangeCaller {
  private readonly stream: ServerStream;
  private readonly caller: Http2Caller;
  private exchange: Exchange | undefined = undefined;
  private isHead = false;
  private headEnded = false;
  /** A tunnel is asked for: bytes wait until it is granted, and an end until there is one to end. */
  private asksForTunnel = false;
  private endsEarly = false;
  private tunnel = false;

  constructor(stream: ServerStream, caller: Http2Caller) {
    this.stream = stream;
    this.caller = caller;
  }

  onHead(head: RequestHead): void {
    const { passage, environment } = this.caller;
    this.isHead = head.method === 'HEAD';
    if (head.upgrade !== '') this.readAsUpgrade(head);
    else if (head.form === 'authority') this.awaitTunnel(head);
    this.exchange = new Exchange(this, head, environment, passage.seriesOf(this.caller));
    passage.admit(this.exchange, this.caller);
  }

  onData(bytes: Bytes, start: number, end: number): void {
    this.exchange?.onRequestBody(bytes, start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    if (this.tunnel) this.exchange?.onCallerEnd();
    else if (this.asksForTunnel) this.endsEarly = true;
    else this.exchange?.onRequestEnd(trailers);
  }

  onReset(): void {
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.onCallerGone();
  }

  onWindow(): void {
    this.exchange?.onCallerDrained();
  }

  sendInterim(head: ResponseHead): void {
    this.stream.sendInterim(head, responseEdit(head, false, undefined));
  }

  sendHead(head: ResponseHead, fromAgent: boolean, change: HeadChange | undefined): number {
    const edit = responseEdit(head, fromAgent, change);
    // RFC 8441 section 5: the key and its answer belong to HTTP/1.1.
    const dropped = head.status === 101 ? mergeDropped(edit.dropped, accept) : edit.dropped;
    this.headEnded = head.framing === 'none';
    if (this.asksForTunnel && head.framing !== 'tunnel' && head.status < 300)
      sendRefusedTunnel(this.stream, head, edit, this.headEnded);
    else this.stream.sendResponseHead(head, { ...edit, dropped }, this.headEnded);
    return head.end;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.stream.sendData(bytes, start, end)) this.exchange?.onCallerBlocked();
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (!this.headEnded) this.stream.sendEnd(trailers);
  }

  sendAnswer({ status, lines, body }: MeshAnswer): void {
    const length = `content-length: ${body.length}\r\n`;
    if (this.isHead || body.length === 0) {
      this.stream.sendPlainHead(status, lines + length, true);
      return;
    }
    const bytes = Buffer.from(body, 'latin1');
    this.stream.sendPlainHead(status, lines + length, false);
    this.stream.sendData(bytes, 0, bytes.length);
    this.stream.sendEnd(undefined);
  }

  abort(): void {
    this.stream.reset(ERROR.internal);
  }

  pauseReading(): void {
    this.stream.pause();
  }

  resumeReading(): void {
    this.stream.resume();
  }

  switchToTunnel(): void {
    this.tunnel = true;
    if (this.endsEarly) this.exchange?.onCallerEnd();
  }

  exchangeOver(exchange: Exchange): void {
    this.exchange = undefined;
    // RFC 9113 section 8.1: the answer is complete, and the rest of the request is of no use. Also where all of it has
    // come: what of it was not read takes up room in the window of the connection.
    if (!exchange.requestEnded || this.asksForTunnel) this.stream.reset(ERROR.none);
  }

  /** An extended CONNECT (RFC 8441) as HTTP/1.1 would have asked for the same; bytes wait until it is granted. */
  private readAsUpgrade(head: RequestHead): void {
    const name = 'sec-websocket-key';
    head.method = 'GET';
    head.form = 'origin';
    head.addLine(FIELD.webSocketKey, `${name}: ${newKey()}\r\n`, name.length);
    this.awaitTunnel(head);
  }

  private awaitTunnel(head: RequestHead): void {
    this.asksForTunnel = true;
    head.hasBody = false;
    this.stream.pause();
  }
}
