import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { WireError } from '@tulle/wire/http1/errors';
import type { Backend } from '../balance/backend.ts';
import type { Clock } from '../clock.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { ConnectionWaiter } from '../pool/connection-pool.ts';
import type { PeerConnection } from '../pool/peer-connection.ts';
import type { PeerExchange } from '../pool/peer-exchange.ts';
import type { Series } from '../record/series.ts';
import type { RouteDecision } from '../router/route-decision.ts';
import type { ActiveExchanges } from './active-exchanges.ts';
import type { ExchangeCaller } from './exchange-caller.ts';
import { failureNamedIn, neverReached } from './far-failure.ts';

export interface ForwardEnvironment {
  readonly clock: Clock;
  readonly active: ActiveExchanges;
}

/** How often a service that is starting is tried. */
const START_RETRY_MS = 50;

/** RFC 9110 section 9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * One request and its answer on the way through this agent. It carries out what a passage decided: finds a
 * connection, streams both bodies with backpressure, keeps the deadlines, retries what never reached a
 * peer, and counts the outcome exactly once.
 */
export class Exchange implements ConnectionWaiter, PeerExchange {
  readonly caller: ExchangeCaller;
  readonly head: RequestHead;
  /** Neighbours in the list of active exchanges. */
  previous: Exchange | undefined = undefined;
  next: Exchange | undefined = undefined;
  /** The request has been read to its end. */
  requestEnded: boolean;
  over = false;
  private readonly environment: ForwardEnvironment;
  private readonly startedAt: number;
  private decision: RouteDecision | undefined = undefined;
  private edit: RequestEdit = nothingEdited;
  private series: Series;
  /** Whether the series follows the backend that is chosen, or stays what the passage set. */
  private countByBackend = true;
  private backend: Backend | undefined = undefined;
  private peer: PeerConnection | undefined = undefined;
  private waiting = false;
  private attempts = 0;
  private status = 0;
  private failure: DataPathErrorCode | undefined = undefined;
  private responseStarted = false;
  /** An answer that only says the request went nowhere: it is read to its end, then another backend is tried. */
  private discarding: DataPathErrorCode | undefined = undefined;
  private peerReusable = false;
  private tunnel = false;
  private deadline = Number.POSITIVE_INFINITY;
  private idleMs = Number.POSITIVE_INFINITY;
  private activeAt: number;

  constructor(caller: ExchangeCaller, head: RequestHead, environment: ForwardEnvironment, series: Series) {
    this.caller = caller;
    this.head = head;
    this.environment = environment;
    this.series = series;
    this.requestEnded = !head.hasBody;
    this.startedAt = performance.now();
    this.activeAt = this.startedAt;
    environment.active.add(this);
  }

  /** Waits for something else than a connection; fails with `request_timeout` unless that comes first. */
  waitAtMost(milliseconds: number): void {
    this.deadline = this.startedAt + milliseconds;
    if (!this.requestEnded) this.caller.pauseReading();
  }

  /** What a failure counts for while no backend is chosen. */
  countIn(series: Series): void {
    this.series = series;
  }

  /** Sends the request on as `decision` says; `fixed` counts all of it, whatever backend answers. */
  forward(decision: RouteDecision, edit: RequestEdit, fixed: Series | undefined): void {
    this.decision = decision;
    this.edit = edit;
    if (fixed !== undefined) {
      this.series = fixed;
      this.countByBackend = false;
    }
    const { requestMs, idleMs } = decision.timeouts;
    this.deadline = requestMs === 0 ? Number.POSITIVE_INFINITY : this.startedAt + requestMs;
    this.idleMs = idleMs;
    const backend = this.choose(decision, undefined);
    if (backend === undefined) this.fail('no_endpoint', '');
    else this.tryOn(backend);
  }

  fail(code: DataPathErrorCode, detail: string): void {
    if (this.over) return;
    this.failure = code;
    this.peerReusable = false;
    if (this.responseStarted) this.caller.abort();
    else this.caller.sendError(code, detail);
    this.finish();
  }

  checkDeadlines(now: number): void {
    if (now >= this.deadline && !this.tunnel) {
      this.fail(this.decision === undefined ? 'unknown_service' : 'request_timeout', '');
    } else if (now - this.activeAt >= this.idleMs) {
      this.fail('idle_timeout', '');
    }
  }

  onConnection(peer: PeerConnection): void {
    this.waiting = false;
    this.peer = peer;
    peer.begin(this);
    this.series.bytesSent += peer.sendHead(this.head, this.edit);
    this.activeAt = this.environment.clock.now;
    if (!this.requestEnded) this.caller.resumeReading();
  }

  onNoConnection(code: DataPathErrorCode, detail: string): void {
    this.waiting = false;
    this.retryOrFail(code, detail, this.backend);
  }

  onRequestBody(bytes: Bytes, start: number, end: number): void {
    if (this.over) return;
    this.activeAt = this.environment.clock.now;
    this.series.bytesSent += end - start;
    this.peer?.sendBody(bytes, start, end);
  }

  onRequestEnd(trailers: FieldSection | undefined): void {
    if (this.requestEnded || this.over) return;
    this.requestEnded = true;
    this.caller.pauseReading();
    this.peer?.sendEnd(trailers);
  }

  /** The caller half-closed behind its request; in a tunnel that is passed on. */
  onCallerEnd(): void {
    if (this.tunnel) this.peer?.sendFin();
  }

  onCallerGone(): void {
    if (this.over) return;
    // Nginx's 499: the caller's own doing, and no fault of service or mesh.
    if (!this.responseStarted) this.status = 499;
    this.peerReusable = false;
    this.finish();
  }

  onCallerBlocked(): void {
    this.peer?.pauseReading();
  }

  onCallerDrained(): void {
    this.activeAt = this.environment.clock.now;
    this.peer?.resumeReading();
  }

  onPeerBlocked(): void {
    if (!this.requestEnded || this.tunnel) this.caller.pauseReading();
  }

  onPeerDrained(): void {
    this.activeAt = this.environment.clock.now;
    if (!this.requestEnded || this.tunnel) this.caller.resumeReading();
  }

  onInterim(head: ResponseHead): void {
    this.activeAt = this.environment.clock.now;
    this.caller.sendInterim(head);
  }

  onResponseHead(head: ResponseHead): void {
    const now = performance.now();
    const { backend } = this;
    const fromAgent = backend?.endpoint.tls ?? false;
    const failure = fromAgent ? failureNamedIn(head) : undefined;
    this.activeAt = now;
    this.peerReusable = head.persistent && head.framing !== 'close' && head.framing !== 'tunnel';
    // Failing is quick: counted as latency it would draw more requests to where they fail.
    if (failure === undefined) backend?.observe(now - this.startedAt, false, now);
    else if (neverReached.has(failure)) backend?.connectFailed(now);
    if (failure !== undefined && neverReached.has(failure) && this.mayRetry() && !this.head.hasBody) {
      this.discarding = failure;
      return;
    }
    this.failure = failure;
    this.responseStarted = true;
    this.status = head.status;
    this.series.bytesReceived += this.caller.sendHead(head, fromAgent);
    if (head.status === 101) this.beginTunnel();
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    this.activeAt = this.environment.clock.now;
    if (this.discarding !== undefined) return;
    this.series.bytesReceived += end - start;
    this.caller.sendBody(bytes, start, end);
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    const { discarding } = this;
    if (discarding !== undefined) {
      this.discarding = undefined;
      this.leavePeer(this.peerReusable);
      this.retryOrFail(discarding, 'said the agent of the service', this.backend);
      return;
    }
    this.caller.sendEnd(trailers);
    this.finish();
  }

  onBadResponse(error: WireError): void {
    this.peer = undefined;
    const cut = error.code === 'truncated-message';
    this.fail(cut ? 'peer_reset' : 'bad_response', cut ? '' : error.message);
  }

  onPeerLost(untouched: boolean, detail: string): void {
    const reused = (this.peer?.uses ?? 0) > 1;
    this.peer = undefined;
    // A kept connection that closes as we write to it has most likely not been read from. Most likely is
    // enough only for requests that may be repeated (RFC 9110 section 9.2.2).
    const repeatable = !this.head.hasBody && idempotent.has(this.head.method);
    if (untouched && reused && repeatable && !this.responseStarted)
      this.retryOrFail('peer_reset', detail, undefined);
    else this.fail('peer_reset', detail);
  }

  private choose(decision: RouteDecision, avoid: Backend | undefined): Backend | undefined {
    return decision.destination.pick({ head: this.head, source: '', avoid, now: this.environment.clock.now })
      ?.backend;
  }

  private tryOn(backend: Backend): void {
    this.leaveBackend();
    this.backend = backend;
    backend.active++;
    if (this.countByBackend) this.series = backend.series;
    if (this.attempts > 0) this.series.retries++;
    this.attempts++;
    this.waiting = true;
    if (!this.requestEnded) this.caller.pauseReading();
    backend.pool.acquire(this);
  }

  /** `avoid` is where trying again would fail the same way. */
  private retryOrFail(code: DataPathErrorCode, detail: string, avoid: Backend | undefined): void {
    const { decision } = this;
    if (this.over) return;
    const retries = decision !== undefined && this.mayRetry() && !final.has(code);
    const next = retries ? this.choose(decision, avoid) : undefined;
    if (next !== undefined && next !== avoid) this.tryOn(next);
    else if (avoid !== undefined && code === 'connect_failed' && this.maySoonListen(avoid))
      this.tryLater(avoid);
    else this.fail(code, detail);
  }

  private maySoonListen(backend: Backend): boolean {
    const patienceMs = this.decision?.startPatienceMs ?? 0;
    return !backend.wasReached && performance.now() - this.startedAt < patienceMs;
  }

  private tryLater(backend: Backend): void {
    setTimeout(() => {
      if (this.over) return;
      // It is the same attempt, not one more.
      this.attempts = 0;
      this.tryOn(backend);
    }, START_RETRY_MS);
  }

  private mayRetry(): boolean {
    return this.decision !== undefined && this.attempts <= this.decision.retry.attempts;
  }

  private beginTunnel(): void {
    this.tunnel = true;
    this.peer?.switchToTunnel();
    this.caller.switchToTunnel();
    this.caller.resumeReading();
  }

  private leaveBackend(): void {
    if (this.backend !== undefined) this.backend.active--;
    this.backend = undefined;
  }

  private finish(): void {
    this.over = true;
    this.environment.active.remove(this);
    this.count(performance.now() - this.startedAt);
    if (this.waiting) this.backend?.pool.cancel(this);
    // An answer that came before the end of its request leaves the connection in the middle of one.
    this.leavePeer(this.peerReusable && this.requestEnded);
    this.leaveBackend();
    this.caller.exchangeOver(this);
  }

  private leavePeer(reusable: boolean): void {
    const { backend, peer } = this;
    this.peer = undefined;
    if (peer === undefined) return;
    peer.finish();
    if (reusable) backend?.pool.release(peer);
    else peer.destroy();
  }

  private count(milliseconds: number): void {
    if (this.failure !== undefined) this.series.failed(this.failure, milliseconds);
    else this.series.answered(this.status, milliseconds);
  }
}

const nothingEdited: RequestEdit = {
  dropped: new Uint8Array(0),
  removed: undefined,
  added: '',
  path: '',
  authority: '',
};

/** Failures of this agent itself: no other backend would change them. */
const final: ReadonlySet<DataPathErrorCode> = new Set(['no_identity', 'shutting_down']);
