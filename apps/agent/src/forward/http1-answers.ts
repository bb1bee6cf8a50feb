import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import { chunkEnd, chunkStart, lastChunkWith, serialiseResponseHead } from '@tulle/wire/http1/serialise';
import type { HeadChange } from '../router/route-decision.ts';
import { type BodyForm, bodyFormOf, framingFields } from './http1-framing.ts';
import { type MeshAnswer, serialiseAnswer } from './mesh-answer.ts';
import { responseEdit } from './response-fields.ts';
import type { SocketWriter } from './socket-writer.ts';

/** RFC 9110 section 9.3.6: a 2xx without content, after which the connection is the tunnel. */
export const tunnelEstablished = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** Writes the answers of one connection of HTTP/1.1, one after the other. */
export class Http1Answers {
  /** The connection is closed behind the present one. */
  isLast = false;
  /** No request after the present one: this agent drains, or the caller's certificate has expired. */
  retiring: boolean;
  private readonly writer: SocketWriter;
  /** Of the request that is answered; its reader fills it anew for the next. */
  private readonly request: RequestHead;
  /** Which form the body of the present answer has. */
  private body: BodyForm = 'none';
  /** The caller was told to send the content of the present request (RFC 9110 section 10.1.1). */
  private continued = false;

  constructor(writer: SocketWriter, request: RequestHead, retiring: boolean) {
    this.writer = writer;
    this.request = request;
    this.retiring = retiring;
  }

  /** The next request has been read. */
  begin(): void {
    const { persistent, form } = this.request;
    // RFC 9931: what follows CONNECT was meant for a tunnel, and where that is refused, others may have chosen its bytes.
    this.isLast = this.retiring || !persistent || form === 'authority';
    this.continued = false;
    this.body = 'none';
  }

  /** The connection is nothing but bytes any more. */
  get isTunnel(): boolean {
    return this.body === 'tunnel';
  }

  sendInterim(head: ResponseHead): void {
    // RFC 9110 section 15.2: HTTP/1.0 has no interim responses.
    if (this.request.minor === 0) return;
    if (head.status === 100) this.continued = true;
    this.writer.add(serialiseResponseHead(head, responseEdit(head, false, undefined), ''));
  }

  /** `requestEnded`: the request has been read to its end. */
  sendHead(
    head: ResponseHead,
    fromAgent: boolean,
    change: HeadChange | undefined,
    requestEnded: boolean,
  ): number {
    const { request } = this;
    const body = bodyFormOf(head, request);
    this.body = body;
    if (body === 'tunnel' && request.form === 'authority') {
      this.writer.add(tunnelEstablished);
      return tunnelEstablished.length;
    }
    // A caller that waits to be told to continue, and is answered instead, sends the content or leaves it out as it
    // likes: what follows could be either that or the next request.
    const mayLackContent = request.expectsContinue && !this.continued && !requestEnded;
    if (this.retiring || body === 'until-close' || mayLackContent) this.isLast = true;
    const framing = framingFields(head, request, body, change, this.isLast);
    const text = serialiseResponseHead(head, responseEdit(head, fromAgent, change), framing);
    this.writer.add(text);
    return text.length;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (this.body === 'chunked') {
      this.writer.add(chunkStart(end - start));
      this.writer.addBytes(bytes, start, end);
      this.writer.add(chunkEnd);
    } else if (this.body !== 'none') {
      this.writer.addBytes(bytes, start, end);
    }
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (this.body === 'tunnel') this.writer.end();
    else if (this.body === 'chunked') this.writer.add(lastChunkWith(trailers));
  }

  sendAnswer(answer: MeshAnswer, requestEnded: boolean): void {
    if (this.retiring || !requestEnded) this.isLast = true;
    const options = { withBody: this.request.method !== 'HEAD', close: this.isLast };
    this.writer.add(serialiseAnswer(answer, options));
  }
}
