import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import { Deadlines } from '../deadline/deadlines.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { type GrpcWeb, grpcWebOf } from '../grpc/grpc-web.ts';
import type { Series } from '../record/series.ts';
import type { RouteDecision, Target } from '../router/route-decision.ts';
import { admit, Place } from './admission.ts';
import { Delivery } from './delivery.ts';
import type { DeliveryOwner } from './delivery-owner.ts';
import { type DrawnFault, drawFault } from './drawn-fault.ts';
import type { ExchangeCaller } from './exchange-caller.ts';
import { ExchangeOutcome } from './exchange-outcome.ts';
import { GrpcWebCaller, grpcWebEdit } from './grpc-web-caller.ts';
import { later } from './later.ts';
import { type AnswerOptions, errorAnswer, redirectAnswer } from './mesh-answer.ts';
import { Mirrors } from './mirrors.ts';
import type { ForwardEnvironment } from './passage.ts';
import { isEventStream } from './response-fields.ts';
import { Tunnel } from './tunnel.ts';

/**
 * One request and its answer on the way through this agent. It carries out what a passage decided: holds the request to
 * its limits, has it delivered, streams both bodies with backpressure, keeps the deadlines, and counts the outcome
 * exactly once.
 */
export class Exchange extends ExchangeOutcome implements DeliveryOwner {
  caller: ExchangeCaller;
  /** Neighbours in the list of active exchanges. */
  previous: Exchange | undefined = undefined;
  next: Exchange | undefined = undefined;
  /** The request has been read to its end. */
  requestEnded: boolean;
  over = false;
  private readonly environment: ForwardEnvironment;
  private delivery: Delivery | undefined = undefined;
  private mirrors: Mirrors | undefined = undefined;
  /** Among the requests in flight that its decision limits. */
  private place: Place | undefined = undefined;
  private web: GrpcWeb | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;
  private responseStarted = false;
  private tunnel: Tunnel | undefined = undefined;
  private readonly deadlines: Deadlines;

  constructor(caller: ExchangeCaller, head: RequestHead, environment: ForwardEnvironment, series: Series) {
    super(head, series);
    this.caller = caller;
    this.environment = environment;
    this.requestEnded = !head.hasBody;
    this.deadlines = new Deadlines(this.startedAt);
    environment.active.add(this);
  }

  /** Waits for something else than a connection; fails with `unknown_service` unless that comes first. */
  waitAtMost(milliseconds: number): void {
    this.deadlines.endAt(this.startedAt + milliseconds);
    this.pauseReading();
  }

  /** Sends the request on as `decision` says; `fixed` counts all of it, whatever backend answers. */
  forward(decision: RouteDecision, edit: RequestEdit, source: string, fixed: Series | undefined): void {
    this.decision = decision;
    this.source = source;
    this.tally.begin(decision.record, fixed);
    this.deadlines.begin(decision.timeouts, this.head, this.startedAt);
    const admission = admit(decision, this, this.deadlines, this.environment);
    if (admission === undefined || admission instanceof Place) {
      this.place = admission;
      this.carryOut(decision, this.translate(decision, edit));
    } else {
      this.fail(admission.code, admission.detail, { lines: admission.lines });
    }
  }

  /** gRPC-Web to a service that speaks gRPC: both ways pass through a bridge. */
  private translate({ protocol }: RouteDecision, edit: RequestEdit): RequestEdit {
    const web = protocol === 'grpc' && !this.isGrpc ? grpcWebOf(this.head) : undefined;
    if (web === undefined) return edit;
    this.web = web;
    this.isGrpc = true;
    this.head.acceptsTrailers = true;
    this.caller = new GrpcWebCaller(this.caller, web);
    return grpcWebEdit(edit, web);
  }

  private carryOut(decision: RouteDecision, edit: RequestEdit): void {
    const { redirect, fault } = decision;
    if (redirect !== undefined) {
      this.status = redirect.status;
      this.caller.sendAnswer(redirectAnswer(redirect, this.head));
      this.finish();
    } else if (fault === undefined) {
      this.deliver(decision, edit);
    } else {
      this.inject(drawFault(fault, this.head, decision.record), decision, edit);
    }
  }

  private inject({ delayMs, abort }: DrawnFault, decision: RouteDecision, edit: RequestEdit): void {
    const goOn = () => {
      if (abort === undefined) this.deliver(decision, edit);
      else this.fail('fault_injected', '', abort);
    };
    if (delayMs === 0) {
      goOn();
      return;
    }
    this.pauseReading();
    this.timer = later(this.environment.turn, delayMs, goOn);
  }

  fail(code: DataPathErrorCode, detail: string, more?: AnswerOptions): void {
    if (this.over) return;
    this.failure = code;
    this.detail = detail;
    if (this.responseStarted) this.caller.abort();
    else this.caller.sendAnswer(errorAnswer(code, detail, this.head, more));
    this.finish();
  }

  checkDeadlines(now: number): void {
    if (this.tunnel === undefined && this.deadlines.isOver(now)) {
      this.delivery?.observeSilence();
      this.fail(this.decision === undefined ? 'unknown_service' : 'request_timeout', '');
    } else if (this.deadlines.isIdle(now)) {
      this.delivery?.observeSilence();
      this.fail('idle_timeout', '');
    } else {
      this.delivery?.checkDeadline(now);
    }
  }

  onRequestBody(bytes: Bytes, start: number, end: number): void {
    if (this.over) return;
    this.deadlines.activeAt = this.environment.clock.now;
    this.tally.sent(end - start);
    if (this.web === undefined) this.pass(bytes, start, end);
    else this.passDecoded(this.web.requestBody(bytes, start, end));
  }

  onRequestEnd(trailers: FieldSection | undefined): void {
    if (this.requestEnded || this.over) return;
    if (this.web?.requestIsComplete === false) {
      this.passDecoded(undefined);
      return;
    }
    this.requestEnded = true;
    this.caller.pauseReading();
    this.mirrors?.sendEnd();
    this.delivery?.sendEnd(trailers);
  }

  /** The caller half-closed behind its request; in a tunnel that is passed on. */
  onCallerEnd(): void {
    const { tunnel } = this;
    if (tunnel === undefined || this.over) return;
    tunnel.callerEnded = true;
    this.delivery?.attempt?.sendFin();
    if (tunnel.answerEnded) this.finish();
  }

  onCallerGone(): void {
    if (this.over) return;
    // Nginx's 499: the caller's own doing, and no fault of service or mesh.
    if (!this.responseStarted) this.status = 499;
    this.finish();
  }

  onCallerBlocked(): void {
    this.delivery?.attempt?.pauseReading();
  }

  onCallerDrained(): void {
    this.deadlines.activeAt = this.environment.clock.now;
    this.delivery?.attempt?.resumeReading();
  }

  pauseReading(): void {
    if (!this.requestEnded || this.tunnel !== undefined) this.caller.pauseReading();
  }

  resumeReading(): void {
    this.deadlines.activeAt = this.environment.clock.now;
    if (!this.requestEnded || this.tunnel !== undefined) this.caller.resumeReading();
  }

  get passedDeadline(): number {
    return this.deadlines.passedOn(this.isGrpc);
  }

  onTry(backend: Backend, again: boolean): void {
    this.tally.tried(backend, again);
  }

  onSent(bytes: number): void {
    this.tally.sent(bytes);
    this.deadlines.activeAt = this.environment.clock.now;
  }

  onInterim(head: ResponseHead): void {
    this.deadlines.activeAt = this.environment.clock.now;
    this.caller.sendInterim(head);
  }

  onResponseHead(
    head: ResponseHead,
    target: Target,
    failure: DataPathErrorCode | undefined,
    at: number,
  ): void {
    this.deadlines.activeAt = this.environment.clock.now;
    this.responseStarted = true;
    this.noteAnswer(head, failure, at, this.environment.observability);
    if (this.isGrpc || isEventStream(head)) this.deadlines.lift(this.isGrpc);
    const fromAgent = target.backend.endpoint.tls;
    this.tally.received(this.caller.sendHead(head, fromAgent, target.response));
    if (head.framing === 'tunnel') this.beginTunnel();
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    this.deadlines.activeAt = this.environment.clock.now;
    this.tally.received(end - start);
    this.caller.sendBody(bytes, start, end);
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    this.noteTrailers(trailers);
    this.caller.sendEnd(trailers);
    // Each direction of a CONNECT tunnel ends on its own (RFC 9113 section 8.5).
    const { tunnel, head } = this;
    if (tunnel === undefined || head.form !== 'authority' || tunnel.callerEnded) this.finish();
    else tunnel.answerEnded = true;
  }

  onPeerBlocked(): void {
    this.pauseReading();
  }

  onPeerDrained(): void {
    this.resumeReading();
  }

  private pass(bytes: Bytes, start: number, end: number): void {
    this.mirrors?.sendBody(bytes, start, end);
    this.delivery?.sendBody(bytes, start, end);
  }

  private passDecoded(bytes: Bytes | undefined): void {
    if (bytes === undefined) this.fail('bad_request', 'the body is not the base64 it says it is');
    else if (bytes.length > 0) this.pass(bytes, 0, bytes.length);
  }

  private deliver(decision: RouteDecision, edit: RequestEdit): void {
    this.delivery = new Delivery(this, decision, edit, this.environment);
    if (decision.mirrors.length > 0) this.mirrors = Mirrors.start(decision, this, edit, this.environment);
    this.delivery.start();
  }

  private beginTunnel(): void {
    this.tunnel = new Tunnel(performance.now() - this.startedAt);
    this.delivery?.attempt?.switchToTunnel();
    this.caller.switchToTunnel();
    this.caller.resumeReading();
  }

  private finish(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.environment.active.remove(this);
    const lifeMs = performance.now() - this.startedAt;
    this.count(this.tunnel?.openMs ?? lifeMs, lifeMs, this.environment.observability);
    this.leavePlace();
    this.mirrors?.letGo();
    this.delivery?.end();
    this.caller.exchangeOver(this);
  }

  private leavePlace(): void {
    const latencyMs = this.tunnel === undefined ? this.tally.firstByteMs : -1;
    this.place?.leave(latencyMs, this.isServed, this.environment.clock.now);
  }
}
