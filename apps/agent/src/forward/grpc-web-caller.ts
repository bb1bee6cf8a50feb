import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { dropTable, FIELD } from '@tulle/wire/http/known-fields';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { GrpcWeb } from '../grpc/grpc-web.ts';
import type { HeadChange } from '../router/route-decision.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeCaller } from './exchange-caller.ts';
import type { MeshAnswer } from './mesh-answer.ts';
import { mergeDropped } from './request-edit.ts';

/** What of a gRPC-Web request is said anew for a service that speaks gRPC. */
const replaced = dropTable(FIELD.contentType, FIELD.contentLength, FIELD.te);
const replacedInAnswer: ReadonlySet<string> = new Set(['content-type', 'content-length', 'trailer']);

export function grpcWebEdit(edit: RequestEdit, web: GrpcWeb): RequestEdit {
  return { ...edit, dropped: mergeDropped(edit.dropped, replaced), added: edit.added + web.requestLines };
}

/** A caller that speaks gRPC-Web, as the exchange sees it: gRPC's answers reach it in its own form. */
export class GrpcWebCaller implements ExchangeCaller {
  private readonly caller: ExchangeCaller;
  private readonly web: GrpcWeb;
  /** The answer is gRPC's: anything else, such as a page of a proxy, passes as it is. */
  private translates = false;
  private headEnded = false;

  constructor(caller: ExchangeCaller, web: GrpcWeb) {
    this.caller = caller;
    this.web = web;
  }

  sendInterim(head: ResponseHead): void {
    this.caller.sendInterim(head);
  }

  sendHead(head: ResponseHead, fromAgent: boolean, change: HeadChange | undefined): number {
    const lines = this.web.responseLines(head.known(FIELD.contentType));
    this.translates = lines !== undefined;
    this.headEnded = head.framing === 'none';
    if (lines === undefined) return this.caller.sendHead(head, fromAgent, change);
    // The body grows by a frame.
    if (head.framing === 'length') head.framing = 'chunked';
    const removed = new Set([...(change?.removed ?? []), ...replacedInAnswer]);
    return this.caller.sendHead(head, fromAgent, { removed, added: (change?.added ?? '') + lines });
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.translates) {
      this.caller.sendBody(bytes, start, end);
      return;
    }
    const translated = this.web.responseBody(bytes, start, end);
    this.caller.sendBody(translated, 0, translated.length);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (this.translates && !this.headEnded && trailers !== undefined) {
      const frame = this.web.responseTrailers(trailers);
      this.caller.sendBody(frame, 0, frame.length);
      this.caller.sendEnd(undefined);
    } else {
      this.caller.sendEnd(trailers);
    }
  }

  sendAnswer(answer: MeshAnswer): void {
    this.caller.sendAnswer(answer);
  }

  abort(): void {
    this.caller.abort();
  }

  pauseReading(): void {
    this.caller.pauseReading();
  }

  resumeReading(): void {
    this.caller.resumeReading();
  }

  switchToTunnel(): void {
    this.caller.switchToTunnel();
  }

  exchangeOver(exchange: Exchange): void {
    this.caller.exchangeOver(exchange);
  }
}
