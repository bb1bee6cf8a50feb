import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import type { ConnectionWaiter } from '../pool/connection-pool.ts';
import type { PeerExchange, Reached } from '../pool/peer-exchange.ts';
import type { PeerStream } from '../pool/peer-stream.ts';
import type { Target } from '../router/route-decision.ts';
import type { Verdict } from './verdict.ts';

/** Whose request is tried: told of one attempt at a time. */
export interface AttemptOwner {
  /** The head is on its way, `bytes` of it; the body may follow. */
  onAttemptSent(bytes: number): void;
  /** Nothing of the request has left this agent. */
  onAttemptRefused(code: DataPathErrorCode, detail: string): void;
  onInterim(head: ResponseHead): void;
  onResponseHead(head: ResponseHead): void;
  onResponseBody(bytes: Bytes, start: number, end: number): void;
  onResponseEnd(trailers: FieldSection | undefined): void;
  onBadResponse(code: 'bad_response' | 'peer_reset', detail: string): void;
  onPeerLost(reached: Reached, detail: string): void;
  onPeerBlocked(): void;
  onPeerDrained(): void;
}

/** An answer nobody wants is read to its end up to this size, so that its connection stays clean. */
const MAX_DISCARDED_BYTES = 64 * 1024;
const MAX_DISCARD_MS = 1_000;

/** One try of a request at one backend. */
export class Attempt implements ConnectionWaiter, PeerExchange {
  readonly target: Target;
  /** In milliseconds of `performance.now()`. */
  private readonly startedAt: number;
  /** How long a call took to begin to answer whose verdict is still open; else -1. */
  private unjudgedMs = -1;
  private owner: AttemptOwner | undefined;
  private readonly head: RequestHead;
  private readonly edit: RequestEdit;
  private stream: PeerStream | undefined = undefined;
  private waiting = false;
  private requestSent: boolean;
  private responseRead = false;
  private over = false;
  private discarded = 0;
  private discardTimer: NodeJS.Timeout | undefined = undefined;

  /** `startedAt` matters only where the backend is told how it did. */
  constructor(owner: AttemptOwner, target: Target, head: RequestHead, edit: RequestEdit, startedAt = 0) {
    this.owner = owner;
    this.target = target;
    this.startedAt = startedAt;
    this.head = head;
    this.edit = edit;
    this.requestSent = !head.hasBody;
  }

  start(): void {
    const { backend } = this.target;
    backend.active++;
    this.waiting = true;
    backend.pool.acquire(this);
  }

  get isConnected(): boolean {
    return this.stream !== undefined;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    this.stream?.sendBody(bytes, start, end);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (this.stream === undefined || this.requestSent) return;
    this.requestSent = true;
    this.stream.sendEnd(trailers);
  }

  sendFin(): void {
    this.stream?.sendFin();
  }

  switchToTunnel(): void {
    this.stream?.switchToTunnel();
  }

  pauseReading(): void {
    this.stream?.pauseReading();
  }

  resumeReading(): void {
    this.stream?.resumeReading();
  }

  /** The head of the answer came: its backend is told how it did, unless that is still to be seen. */
  observeHead(verdict: Verdict, now: number): void {
    const latencyMs = now - this.startedAt;
    if (verdict === 'open') this.unjudgedMs = latencyMs;
    else this.target.backend.observe(latencyMs, verdict === 'failed', now);
  }

  get isUnjudged(): boolean {
    return this.unjudgedMs >= 0;
  }

  /** A call that began to answer has told its status, or ended without one. */
  observeEnd(failed: boolean): void {
    const { unjudgedMs } = this;
    if (unjudgedMs < 0) return;
    this.unjudgedMs = -1;
    this.target.backend.observe(unjudgedMs, failed, performance.now());
  }

  /** The backend did not answer as it should; `answered`: its head was passed on. */
  observeFailure(now: number, answered: boolean): void {
    this.observeEnd(true);
    if (!answered) this.target.backend.observe(now - this.startedAt, true, now);
  }

  /** The answer is not wanted: what is left of it is read in passing, or its connection is given up. */
  discard(): void {
    this.owner = undefined;
    if (this.stream === undefined || !this.requestSent) {
      this.end();
      return;
    }
    this.stream.resumeReading();
    this.discardTimer = setTimeout(() => this.end(), MAX_DISCARD_MS);
  }

  /** The request is over, one way or the other: its connection goes back to the pool when it is clean. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.owner = undefined;
    clearTimeout(this.discardTimer);
    const { backend } = this.target;
    if (this.waiting) backend.pool.cancel(this);
    backend.active--;
    const { stream } = this;
    this.stream = undefined;
    stream?.leave(this.requestSent && this.responseRead);
  }

  onConnection(stream: PeerStream): void {
    this.waiting = false;
    this.stream = stream;
    stream.begin(this);
    // Sending may end the attempt: the owner is asked for behind it.
    const bytes = stream.sendHead(this.head, this.edit);
    this.owner?.onAttemptSent(bytes);
  }

  onNoConnection(code: DataPathErrorCode, detail: string): void {
    this.waiting = false;
    this.leave()?.onAttemptRefused(code, detail);
  }

  onUnfit(code: DataPathErrorCode, detail: string): void {
    this.leave()?.onAttemptRefused(code, detail);
  }

  onInterim(head: ResponseHead): void {
    this.owner?.onInterim(head);
  }

  onResponseHead(head: ResponseHead): void {
    this.owner?.onResponseHead(head);
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    if (this.owner !== undefined) {
      this.owner.onResponseBody(bytes, start, end);
      return;
    }
    this.discarded += end - start;
    if (this.discarded > MAX_DISCARDED_BYTES) this.end();
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    this.responseRead = true;
    if (this.owner === undefined) this.end();
    else this.owner.onResponseEnd(trailers);
  }

  onBadResponse(code: 'bad_response' | 'peer_reset', detail: string): void {
    this.stream = undefined;
    this.leave()?.onBadResponse(code, detail);
  }

  onPeerLost(reached: Reached, detail: string): void {
    this.stream = undefined;
    this.leave()?.onPeerLost(reached, detail);
  }

  onPeerBlocked(): void {
    this.owner?.onPeerBlocked();
  }

  onPeerDrained(): void {
    this.owner?.onPeerDrained();
  }

  private leave(): AttemptOwner | undefined {
    const { owner } = this;
    this.end();
    return owner;
  }
}
