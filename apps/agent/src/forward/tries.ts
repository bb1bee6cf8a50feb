import type { Bytes } from '@tulle/wire/http/bytes';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { type BodySink, ReplayBuffer } from '../retry/replay-buffer.ts';
import type { RouteDecision } from '../router/route-decision.ts';

/** How often one request was tried, and whether its policy, its budget and its body allow once more. */
export class Tries {
  count = 0;
  private readonly head: RequestHead;
  private readonly decision: RouteDecision;
  private readonly replay: ReplayBuffer | undefined;

  constructor(head: RequestHead, decision: RouteDecision) {
    this.head = head;
    this.decision = decision;
    const { attempts, maxBodyBytes } = decision.retry;
    this.replay = head.hasBody && attempts > 0 ? new ReplayBuffer(maxBodyBytes) : undefined;
  }

  /** Keeps what came of the body. */
  add(bytes: Bytes, start: number, end: number): void {
    this.replay?.add(bytes, start, end);
  }

  /** Another try was decided on. */
  expect(): void {
    this.replay?.expectTry();
  }

  /** Sends what came of the body to a try that begins. */
  sendTo(sink: BodySink): void {
    this.replay?.sendTo(sink);
  }

  /** Nothing of the body is kept any more. */
  letGo(): void {
    this.replay?.giveUp();
  }

  get areLeft(): boolean {
    return this.count <= this.decision.retry.attempts;
  }

  /** What was sent of the body can be sent again. */
  get canReplay(): boolean {
    return !this.head.hasBody || this.replay?.isWhole === true;
  }

  /** A second arrival of the request would do no harm. */
  get isRepeatable(): boolean {
    return this.canReplay && this.decision.retry.mayRepeat(this.head.method);
  }

  /** Takes one from the budget when there is one. */
  mayRepeat(now: number): boolean {
    const { retry, record } = this.decision;
    if (!this.areLeft || !this.isRepeatable) return false;
    if (retry.budget.take(now)) return true;
    record.retriesRefused++;
    return false;
  }
}
