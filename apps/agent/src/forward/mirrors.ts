import type { Bytes } from '@tulle/wire/http/bytes';
import { copyRequestHead } from '@tulle/wire/http/copy-request-head';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { RouteRecord } from '../record/route-record.ts';
import { ReplayBuffer } from '../retry/replay-buffer.ts';
import type { MirrorDecision, RouteDecision } from '../router/route-decision.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { ForwardEnvironment } from './passage.ts';
import { editFor } from './request-edit.ts';

/** A copy that lags behind its request by more than this is given up: it must never slow the request down. */
const MAX_LAG_BYTES = 256 * 1024;
/** How long an answer to a copy is waited for. */
const MAX_WAIT_MS = 15_000;

/** The copies of one request that rules send elsewhere. Their answers are dropped; nobody waits for them. */
export class Mirrors {
  private readonly copies: readonly MirroredRequest[];

  private constructor(copies: readonly MirroredRequest[]) {
    this.copies = copies;
  }

  static start(
    { mirrors, record }: RouteDecision,
    request: { readonly head: RequestHead; readonly source: string },
    edit: RequestEdit,
    environment: ForwardEnvironment,
  ): Mirrors | undefined {
    const drawn = mirrors.filter(({ percent }) => percent >= 100 || Math.random() * 100 < percent);
    if (drawn.length === 0) return undefined;
    const copies = drawn.map((decision) => new MirroredRequest(decision, request, edit, environment, record));
    for (const copy of copies) copy.start();
    return new Mirrors(copies);
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    for (const copy of this.copies) copy.sendBody(bytes, start, end);
  }

  sendEnd(): void {
    for (const copy of this.copies) copy.sendEnd();
  }

  /** The request is over: a copy that was not sent whole is of no use to anyone. */
  letGo(): void {
    for (const copy of this.copies) copy.letGo();
  }
}

class MirroredRequest implements AttemptOwner, PickRequest {
  readonly head: RequestHead;
  readonly source: string;
  readonly avoid: Backend | undefined = undefined;
  readonly now: number;
  private readonly decision: MirrorDecision;
  private readonly edit: RequestEdit;
  private readonly body = new ReplayBuffer(MAX_LAG_BYTES);
  private attempt: Attempt | undefined = undefined;
  private sent = false;
  private ended: boolean;
  private readonly timer: NodeJS.Timeout;
  private readonly record: RouteRecord;
  private over = false;

  constructor(
    decision: MirrorDecision,
    { head, source }: { readonly head: RequestHead; readonly source: string },
    edit: RequestEdit,
    environment: ForwardEnvironment,
    record: RouteRecord,
  ) {
    this.decision = decision;
    this.record = record;
    record.mirrored++;
    // The head of the request is reused by its reader, which does not wait for copies.
    this.head = copyRequestHead(head);
    this.source = source;
    this.edit = edit;
    this.now = environment.clock.now;
    this.ended = !head.hasBody;
    this.timer = setTimeout(() => this.giveUp(), MAX_WAIT_MS);
    this.timer.unref();
  }

  start(): void {
    const target = this.decision.destination.pick(this);
    if (target === undefined) {
      this.giveUp();
      return;
    }
    this.attempt = new Attempt(this, target, this.head, editFor(this.edit, target, this.head));
    this.attempt.start();
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (this.sent) {
      this.attempt?.sendBody(bytes, start, end);
      return;
    }
    if (this.over) return;
    this.body.add(bytes, start, end);
    if (!this.body.isWhole) this.giveUp();
  }

  sendEnd(): void {
    this.ended = true;
    if (this.sent) this.attempt?.sendEnd(undefined);
  }

  letGo(): void {
    if (!this.ended) this.giveUp();
  }

  onAttemptSent(): void {
    const { attempt } = this;
    if (attempt === undefined) return;
    this.sent = true;
    this.body.sendTo(attempt);
    if (this.ended) attempt.sendEnd(undefined);
  }

  onAttemptRefused(): void {
    this.giveUp();
  }

  onInterim(): void {}
  onResponseHead(): void {}
  onResponseBody(): void {}

  onResponseEnd(): void {
    this.end();
  }

  onBadResponse(): void {
    this.giveUp();
  }

  onPeerLost(): void {
    this.giveUp();
  }

  /** Too slow: what it would have to hold belongs to the request itself. */
  onPeerBlocked(): void {
    this.giveUp();
  }

  onPeerDrained(): void {}

  private giveUp(): void {
    if (!this.over) this.record.mirrorsDropped++;
    this.end();
  }

  private end(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.attempt?.end();
    this.attempt = undefined;
  }
}
