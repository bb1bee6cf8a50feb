import type { RequestHead } from '@tulle/wire/http/message-head';
import type { RequestTimeouts } from '../router/route-decision.ts';
import { timeoutOfHead } from './deadline-fields.ts';

/** Until when an exchange may go on. All times in milliseconds of `performance.now()`; Infinity for no limit. */
export class Deadlines {
  /** When something last moved in either direction. */
  activeAt: number;
  /** For the whole of it. */
  private end = Number.POSITIVE_INFINITY;
  /** Until when the caller said that it waits: for calls of gRPC, whose streams may go on for days, the only one. */
  private callerEnd = Number.POSITIVE_INFINITY;
  private idleMs = Number.POSITIVE_INFINITY;

  constructor(startedAt: number) {
    this.activeAt = startedAt;
  }

  endAt(time: number): void {
    this.end = time;
  }

  /**
   * The policy's `requestMs` (0 for none) or what the request itself allows, whichever is sooner. No clocks are compared
   * between machines: each hop counts from when the request reached it.
   */
  begin({ requestMs, idleMs }: RequestTimeouts, head: RequestHead, startedAt: number): void {
    const callerMs = timeoutOfHead(head);
    this.callerEnd = startedAt + callerMs;
    this.end = startedAt + Math.min(callerMs, requestMs === 0 ? Number.POSITIVE_INFINITY : requestMs);
    this.idleMs = idleMs;
  }

  isOver(now: number): boolean {
    return now >= this.end;
  }

  isIdle(now: number): boolean {
    return now - this.activeAt >= this.idleMs;
  }

  /** What the next hop is told. Calls of gRPC hear of no time but their own: it would end their streams. */
  passedOn(isGrpc: boolean): number {
    return isGrpc ? this.callerEnd : this.end;
  }

  /** The answer is a stream that goes on for as long as it is wanted. */
  lift(isGrpc: boolean): void {
    this.end = isGrpc ? this.callerEnd : Number.POSITIVE_INFINITY;
  }
}
