import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import { timeoutLines } from '../deadline/deadline-fields.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { GRPC_STATUS, parseGrpcStatus } from '../grpc/grpc-status.ts';
import { outcomeOfGrpc } from '../grpc/outcome.ts';
import type { Reached } from '../pool/peer-exchange.ts';
import { ReplayBuffer } from '../retry/replay-buffer.ts';
import type { RouteDecision, Target } from '../router/route-decision.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import { failureNamedIn, neverReached } from './far-failure.ts';
import type { ForwardEnvironment } from './passage.ts';
import { editFor, withLines } from './request-edit.ts';

/** Whose request is delivered. */
export interface DeliveryOwner {
  readonly head: RequestHead;
  readonly source: string;
  readonly isGrpc: boolean;
  /** Until when the next hop is told to answer, in milliseconds of `performance.now()`; Infinity for no limit. */
  readonly passedDeadline: number;
  /** When the request came, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** The request has been read to its end. */
  readonly requestEnded: boolean;
  readonly over: boolean;
  /** A try begins there; `again` when it is not the first. */
  onTry(backend: Backend, again: boolean): void;
  onSent(bytes: number): void;
  /** Until the body can go on its way. */
  pauseReading(): void;
  resumeReading(): void;
  onInterim(head: ResponseHead): void;
  /** The answer that is passed on, which came `at`; `failure` when it is the far agent's own. */
  onResponseHead(
    head: ResponseHead,
    target: Target,
    failure: DataPathErrorCode | undefined,
    at: number,
  ): void;
  onResponseBody(bytes: Bytes, start: number, end: number): void;
  onResponseEnd(trailers: FieldSection | undefined): void;
  onPeerBlocked(): void;
  onPeerDrained(): void;
  fail(code: DataPathErrorCode, detail: string): void;
}

/** How often a service that is starting is tried. */
const START_RETRY_MS = 50;

/**
 * Gets one request to a backend that answers it: picks, tries, and tries again where the policy says that it may. What
 * never reached a peer is tried elsewhere at once; what may have cost the service something waits a random while and
 * takes from the budget.
 */
export class Delivery implements AttemptOwner, PickRequest {
  readonly head: RequestHead;
  readonly source: string;
  avoid: Backend | undefined = undefined;
  /** The try that is going on. */
  attempt: Attempt | undefined = undefined;
  tries = 0;
  private readonly owner: DeliveryOwner;
  private readonly decision: RouteDecision;
  private readonly edit: RequestEdit;
  private readonly environment: ForwardEnvironment;
  private readonly replay: ReplayBuffer | undefined;
  private triedAt = 0;
  private tryDeadline = Number.POSITIVE_INFINITY;
  private answered = false;
  /** How long a call took to begin to answer whose status is still to come; else -1. */
  private unjudgedMs = -1;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    owner: DeliveryOwner,
    decision: RouteDecision,
    edit: RequestEdit,
    environment: ForwardEnvironment,
  ) {
    this.owner = owner;
    this.head = owner.head;
    this.source = owner.source;
    this.decision = decision;
    this.edit = edit;
    this.environment = environment;
    const { retry } = decision;
    this.replay = owner.head.hasBody && retry.attempts > 0 ? new ReplayBuffer(retry.maxBodyBytes) : undefined;
  }

  get now(): number {
    return this.environment.clock.now;
  }

  start(): void {
    this.decision.retry.budget.onRequest(this.now);
    this.tryAny('no_endpoint', '');
  }

  checkDeadline(now: number): void {
    if (now >= this.tryDeadline) this.onTryTimeout();
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.answered) this.replay?.add(bytes, start, end);
    this.attempt?.sendBody(bytes, start, end);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    const { attempt } = this;
    // Trailers belong to the reader: a request that has some cannot be sent a second time. Where they come between two
    // tries the next goes without them, as RFC 9110 section 6.5.1 allows.
    if (trailers !== undefined && attempt?.isConnected === true) this.replay?.giveUp();
    attempt?.sendEnd(trailers);
  }

  /** The request is over. */
  end(): void {
    clearTimeout(this.timer);
    this.judge(false);
    this.attempt?.end();
  }

  onAttemptSent(bytes: number): void {
    const { attempt, owner } = this;
    if (attempt === undefined) return;
    owner.onSent(bytes);
    this.replay?.sendTo(attempt);
    if (owner.requestEnded) attempt.sendEnd(undefined);
    else owner.resumeReading();
  }

  onAttemptRefused(code: DataPathErrorCode, detail: string): void {
    const { backend } = (this.attempt as Attempt).target;
    if (!final.has(code) && this.hasTriesLeft) this.tryElsewhere(code, detail, backend);
    else this.tryLaterOrFail(code, detail, backend);
  }

  onInterim(head: ResponseHead): void {
    this.owner.onInterim(head);
  }

  onResponseHead(head: ResponseHead): void {
    const now = performance.now();
    const { target } = this.attempt as Attempt;
    const { backend } = target;
    const failure = backend.endpoint.tls ? failureNamedIn(head) : undefined;
    this.tryDeadline = Number.POSITIVE_INFINITY;
    if (failure !== undefined && neverReached.has(failure)) {
      backend.connectFailed(now);
      if (this.hasTriesLeft && this.canReplay) {
        this.tryElsewhere(failure, '', backend);
        return;
      }
    } else {
      const grpcStatus = this.owner.isGrpc ? parseGrpcStatus(head.known(FIELD.grpcStatus)) : undefined;
      const failed =
        grpcStatus === undefined ? head.status >= 500 : outcomeOfGrpc(grpcStatus) === 'serverError';
      const isUnjudged = this.owner.isGrpc && grpcStatus === undefined && head.status === 200;
      if (isUnjudged) this.unjudgedMs = now - this.triedAt;
      else backend.observe(now - this.triedAt, failed, now);
      const { retry } = this.decision;
      const asksForMore =
        grpcStatus === undefined ? retry.onStatus(head.status) : retry.onGrpcStatus(grpcStatus);
      if (asksForMore && this.mayRepeat(now)) {
        this.backOff();
        return;
      }
    }
    this.answered = true;
    this.owner.onResponseHead(head, target, failure, now);
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    this.owner.onResponseBody(bytes, start, end);
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    if (this.unjudgedMs >= 0) {
      const status = parseGrpcStatus(trailers?.known(FIELD.grpcStatus)) ?? GRPC_STATUS.UNKNOWN;
      this.judge(outcomeOfGrpc(status) === 'serverError');
    }
    this.owner.onResponseEnd(trailers);
  }

  onBadResponse(code: 'bad_response' | 'peer_reset', detail: string): void {
    this.observeFailure();
    this.owner.fail(code, detail);
  }

  onPeerLost(reached: Reached, detail: string): void {
    const now = this.observeFailure();
    const atOnce = reached === 'never' ? this.canReplay : reached === 'unlikely' && this.isRepeatable;
    if (atOnce && this.hasTriesLeft) this.tryElsewhere('peer_reset', detail, undefined);
    else if (this.decision.retry.onReset && this.mayRepeat(now)) this.backOff();
    else this.owner.fail('peer_reset', detail);
  }

  onPeerBlocked(): void {
    this.owner.onPeerBlocked();
  }

  onPeerDrained(): void {
    this.owner.onPeerDrained();
  }

  private tryAny(code: DataPathErrorCode, detail: string): void {
    const target = this.decision.destination.pick(this);
    if (target === undefined) this.owner.fail(code, detail);
    else this.tryOn(target);
  }

  private tryOn(target: Target): void {
    const { owner } = this;
    owner.onTry(target.backend, this.tries > 0);
    this.tries++;
    // A request that came in this tick has not been held back.
    const isFresh = this.tries === 1 && this.now <= owner.startedAt;
    this.triedAt = isFresh ? owner.startedAt : performance.now();
    const { perTryMs } = this.decision.timeouts;
    this.tryDeadline = perTryMs === 0 ? Number.POSITIVE_INFINITY : this.triedAt + perTryMs;
    if (!owner.requestEnded) owner.pauseReading();
    this.attempt = new Attempt(this, target, this.head, this.editFor(target));
    this.attempt.start();
  }

  private editFor(target: Target): RequestEdit {
    const { owner } = this;
    const edit = editFor(this.edit, target, this.head);
    // A service without an agent is not spoken to in the mesh's own fields.
    if (!target.backend.endpoint.tls && !this.decision.isLocal) return edit;
    const lines = timeoutLines(owner.passedDeadline, this.triedAt, owner.isGrpc);
    if (lines === '') return edit;
    return withLines(edit, lines, owner.isGrpc);
  }

  /** `avoid` is where trying again would fail the same way. */
  private tryElsewhere(code: DataPathErrorCode, detail: string, avoid: Backend | undefined): void {
    this.attempt?.discard();
    this.replay?.expectTry();
    this.avoid = avoid;
    const next = this.decision.destination.pick(this);
    if (next !== undefined && next.backend !== avoid) this.tryOn(next);
    else this.tryLaterOrFail(code, detail, avoid);
  }

  private backOff(): void {
    const { attempt, owner } = this;
    attempt?.discard();
    this.replay?.expectTry();
    this.avoid = attempt?.target.backend;
    this.attempt = undefined;
    this.tryDeadline = Number.POSITIVE_INFINITY;
    if (!owner.requestEnded) owner.pauseReading();
    this.later(this.decision.retry.backoffMs(this.tries), () => this.tryAny('no_endpoint', ''));
  }

  /** A service that has never listened is starting beside its agent: it is asked again, as the same try. */
  private tryLaterOrFail(code: DataPathErrorCode, detail: string, backend: Backend | undefined): void {
    const waited = performance.now() - this.owner.startedAt;
    const mayStart = code === 'connect_failed' && backend !== undefined && !backend.wasReached;
    if (!mayStart || waited >= this.decision.startPatienceMs) {
      this.owner.fail(code, detail);
      return;
    }
    this.later(START_RETRY_MS, () => {
      this.tries = 0;
      this.tryOn(backend);
    });
  }

  private later(delayMs: number, run: () => void): void {
    if (delayMs <= 0) {
      run();
      return;
    }
    this.timer = setTimeout(() => {
      run();
      this.environment.turn.flush();
    }, delayMs);
  }

  private onTryTimeout(): void {
    const { attempt } = this;
    const now = this.observeFailure();
    this.tryDeadline = Number.POSITIVE_INFINITY;
    if (this.decision.retry.onTimeout && this.mayRepeat(now)) {
      attempt?.end();
      this.backOff();
    } else {
      this.owner.fail('try_timeout', '');
    }
  }

  /** The time of the request is over. A backend that was asked and said nothing has failed. */
  observeSilence(): void {
    if (!this.answered && this.attempt?.isConnected === true) this.observeFailure();
  }

  /** A call that began to answer has told its status, or ended without one. */
  private judge(failed: boolean): void {
    const { unjudgedMs } = this;
    if (unjudgedMs < 0) return;
    this.unjudgedMs = -1;
    this.attempt?.target.backend.observe(unjudgedMs, failed, performance.now());
  }

  /** The backend of this try did not answer as it should. Returns the time. */
  private observeFailure(): number {
    const now = performance.now();
    this.judge(true);
    if (!this.answered) this.attempt?.target.backend.observe(now - this.triedAt, true, now);
    return now;
  }

  private get hasTriesLeft(): boolean {
    return this.tries <= this.decision.retry.attempts;
  }

  /** What was sent of the body can be sent again. */
  private get canReplay(): boolean {
    return !this.head.hasBody || this.replay?.isWhole === true;
  }

  /** A second arrival of the request would do no harm. */
  private get isRepeatable(): boolean {
    return this.canReplay && this.decision.retry.mayRepeat(this.head.method);
  }

  private mayRepeat(now: number): boolean {
    const { retry, record } = this.decision;
    if (this.answered || !this.hasTriesLeft || !this.isRepeatable) return false;
    if (retry.budget.take(now)) return true;
    record.retriesRefused++;
    return false;
  }
}

/** Failures of this agent itself: no other backend would change them. */
const final: ReadonlySet<DataPathErrorCode> = new Set(['no_identity', 'shutting_down']);
