import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { GRPC_STATUS, parseGrpcStatus } from '../grpc/grpc-status.ts';
import { outcomeOfGrpc } from '../grpc/outcome.ts';
import type { Reached } from '../pool/peer-exchange.ts';
import type { RouteDecision, Target } from '../router/route-decision.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { DeliveryOwner } from './delivery-owner.ts';
import { failureNamedIn, neverReached } from './far-failure.ts';
import { later } from './later.ts';
import type { ForwardEnvironment } from './passage.ts';
import { editFor, withTimeout } from './request-edit.ts';
import { Tries } from './tries.ts';
import { asksForAnother, verdictOfHead } from './verdict.ts';

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
  private readonly owner: DeliveryOwner;
  private readonly decision: RouteDecision;
  private readonly edit: RequestEdit;
  private readonly environment: ForwardEnvironment;
  private readonly tries: Tries;
  private tryDeadline = Number.POSITIVE_INFINITY;
  private answered = false;
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
    this.tries = new Tries(owner.head, decision);
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
    this.tries.add(bytes, start, end);
    this.attempt?.sendBody(bytes, start, end);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    const { attempt } = this;
    // Trailers belong to the reader: a request that has some cannot be sent a second time. Where they come between two
    // tries the next goes without them, as RFC 9110 section 6.5.1 allows.
    if (trailers !== undefined && attempt?.isConnected === true) this.tries.letGo();
    attempt?.sendEnd(trailers);
  }

  /** The request is over. */
  end(): void {
    clearTimeout(this.timer);
    this.tries.letGo();
    this.attempt?.observeEnd(false);
    this.attempt?.end();
  }

  onAttemptSent(bytes: number): void {
    const { attempt, owner } = this;
    if (attempt === undefined) return;
    owner.onSent(bytes);
    this.tries.sendTo(attempt);
    if (owner.requestEnded) attempt.sendEnd(undefined);
    else owner.resumeReading();
  }

  onAttemptRefused(code: DataPathErrorCode, detail: string): void {
    const { backend } = (this.attempt as Attempt).target;
    if (!final.has(code) && this.tries.areLeft) this.tryElsewhere(code, detail, backend);
    else this.tryLaterOrFail(code, detail, backend);
  }

  onInterim(head: ResponseHead): void {
    this.owner.onInterim(head);
  }

  onResponseHead(head: ResponseHead): void {
    const now = performance.now();
    const attempt = this.attempt as Attempt;
    const { backend } = attempt.target;
    const failure = backend.endpoint.tls ? failureNamedIn(head) : undefined;
    this.tryDeadline = Number.POSITIVE_INFINITY;
    if (failure !== undefined && neverReached.has(failure)) {
      backend.connectFailed(now);
      if (this.tries.areLeft && this.tries.canReplay) {
        this.tryElsewhere(failure, '', backend);
        return;
      }
    } else {
      const { isGrpc } = this.owner;
      const grpcStatus = isGrpc ? parseGrpcStatus(head.known(FIELD.grpcStatus)) : undefined;
      attempt.observeHead(verdictOfHead(head.status, isGrpc, grpcStatus), now);
      if (asksForAnother(this.decision.retry, head.status, grpcStatus) && this.mayRepeat(now)) {
        this.backOff();
        return;
      }
    }
    this.answered = true;
    this.tries.letGo();
    this.owner.onResponseHead(head, attempt.target, failure, now);
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    this.owner.onResponseBody(bytes, start, end);
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    const { attempt } = this;
    if (attempt?.isUnjudged === true) {
      const status = parseGrpcStatus(trailers?.known(FIELD.grpcStatus)) ?? GRPC_STATUS.UNKNOWN;
      attempt.observeEnd(outcomeOfGrpc(status) === 'serverError');
    }
    this.owner.onResponseEnd(trailers);
  }

  onBadResponse(code: 'bad_response' | 'peer_reset', detail: string): void {
    this.observeFailure();
    this.owner.fail(code, detail);
  }

  onPeerLost(reached: Reached, detail: string): void {
    const now = this.observeFailure();
    const { tries } = this;
    const atOnce = reached === 'never' ? tries.canReplay : reached === 'unlikely' && tries.isRepeatable;
    if (atOnce && tries.areLeft) this.tryElsewhere('peer_reset', detail, undefined);
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
    owner.onTry(target.backend, this.tries.count > 0);
    this.tries.count++;
    // A request that came in this tick has not been held back.
    const isFresh = this.tries.count === 1 && this.now <= owner.startedAt;
    const triedAt = isFresh ? owner.startedAt : performance.now();
    const { perTryMs } = this.decision.timeouts;
    this.tryDeadline = perTryMs === 0 ? Number.POSITIVE_INFINITY : triedAt + perTryMs;
    if (!owner.requestEnded) owner.pauseReading();
    this.attempt = new Attempt(this, target, this.head, this.editFor(target, triedAt), triedAt);
    this.attempt.start();
  }

  private editFor(target: Target, triedAt: number): RequestEdit {
    const { owner } = this;
    const edit = editFor(this.edit, target, this.head);
    // A service without an agent is not spoken to in the mesh's own fields.
    if (!target.backend.endpoint.tls && !this.decision.isLocal) return edit;
    return withTimeout(edit, owner.passedDeadline, triedAt, owner.isGrpc);
  }

  /** `avoid` is where trying again would fail the same way. */
  private tryElsewhere(code: DataPathErrorCode, detail: string, avoid: Backend | undefined): void {
    this.attempt?.discard();
    this.tries.expect();
    this.avoid = avoid;
    const next = this.decision.destination.pick(this);
    if (next !== undefined && next.backend !== avoid) this.tryOn(next);
    else this.tryLaterOrFail(code, detail, avoid);
  }

  private backOff(): void {
    const { attempt, owner } = this;
    attempt?.discard();
    this.tries.expect();
    this.avoid = attempt?.target.backend;
    this.attempt = undefined;
    this.tryDeadline = Number.POSITIVE_INFINITY;
    if (!owner.requestEnded) owner.pauseReading();
    const delayMs = this.decision.retry.backoffMs(this.tries.count);
    const tryAgain = () => this.tryAny('no_endpoint', '');
    if (delayMs <= 0) tryAgain();
    else this.timer = later(this.environment.turn, delayMs, tryAgain);
  }

  /** A service that has never listened is starting beside its agent: it is asked again, as the same try. */
  private tryLaterOrFail(code: DataPathErrorCode, detail: string, backend: Backend | undefined): void {
    const waited = performance.now() - this.owner.startedAt;
    const mayStart = code === 'connect_failed' && backend !== undefined && !backend.wasReached;
    if (!mayStart || waited >= this.decision.startPatienceMs) {
      this.owner.fail(code, detail);
      return;
    }
    this.timer = later(this.environment.turn, START_RETRY_MS, () => {
      this.tries.count = 0;
      this.tryOn(backend);
    });
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

  /** The backend of this try did not answer as it should. Returns the time. */
  private observeFailure(): number {
    const now = performance.now();
    this.attempt?.observeFailure(now, this.answered);
    return now;
  }

  private mayRepeat(now: number): boolean {
    return !this.answered && this.tries.mayRepeat(now);
  }
}

/** Failures of this agent itself: no other backend would change them. */
const final: ReadonlySet<DataPathErrorCode> = new Set(['no_identity', 'shutting_down']);
