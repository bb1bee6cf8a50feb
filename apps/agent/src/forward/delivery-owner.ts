import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { Target } from '../router/route-decision.ts';

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
