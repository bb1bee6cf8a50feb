import type { HealthCheck } from '@tulle/mesh/health-check';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { Backend } from '../balance/backend.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { Attempt, type AttemptOwner } from '../forward/attempt.ts';
import { failureNamedIn } from '../forward/far-failure.ts';
import { unedited } from '../forward/request-edit.ts';
import type { Turn } from '../forward/turn.ts';
import { type CheckRequest, checkRequestOf } from './check-request.ts';
import { decodeHealthResponse } from './grpc-health.ts';
import type { HealthVerdict } from './health-probe.ts';

/** An answer to grpc.health.v1 has seven bytes. */
const MAX_ANSWER_BYTES = 1_024;

/** Says nothing about the endpoint: this agent could not ask. */
export const own: ReadonlySet<DataPathErrorCode> = new Set(['no_identity', 'shutting_down', 'overloaded']);

/** One check by a request, on the way that requests take. */
export class RequestCheck implements AttemptOwner {
  private readonly request: CheckRequest;
  private readonly isGrpc: boolean;
  private readonly fromAgent: boolean;
  private readonly attempt: Attempt;
  private readonly timer: NodeJS.Timeout;
  private readonly turn: Turn;
  private readonly done: (verdict: HealthVerdict, reason: string) => void;
  private readonly answer: Buffer[] = [];
  private answerBytes = 0;
  private over = false;

  constructor(
    backend: Backend,
    check: HealthCheck,
    timeoutMs: number,
    turn: Turn,
    done: (verdict: HealthVerdict, reason: string) => void,
  ) {
    this.request = checkRequestOf(backend, check);
    this.isGrpc = check.type === 'grpc';
    this.fromAgent = backend.endpoint.tls;
    this.turn = turn;
    this.done = done;
    this.timer = setTimeout(() => this.timeOut(timeoutMs), timeoutMs);
    this.timer.unref();
    this.attempt = new Attempt(this, backend, this.request.head, unedited);
  }

  start(): void {
    this.attempt.start();
  }

  onAttemptSent(): void {
    const { body } = this.request;
    if (body === undefined) return;
    this.attempt.sendBody(body, 0, body.length);
    this.attempt.sendEnd(undefined);
  }

  onAttemptRefused(code: DataPathErrorCode, detail: string): void {
    this.finish(own.has(code) ? 'unknown' : 'unhealthy', detail === '' ? code : `${code}: ${detail}`);
  }

  onInterim(): void {}

  onResponseHead(head: ResponseHead): void {
    const failure = this.fromAgent ? failureNamedIn(head) : undefined;
    const isOk = head.status >= 200 && head.status < 400;
    if (failure !== undefined) this.finish('unhealthy', failure);
    else if (!isOk || !this.isGrpc) this.finish(isOk ? 'healthy' : 'unhealthy', `status ${head.status}`);
    else if (head.known(FIELD.grpcStatus) !== undefined) this.finishGrpc(head);
  }

  onResponseBody(bytes: Bytes, start: number, end: number): void {
    this.answerBytes += end - start;
    if (this.answerBytes > MAX_ANSWER_BYTES) this.finish('unhealthy', 'the answer is too long');
    // The bytes are their reader's, who uses them again.
    else this.answer.push(Buffer.from(bytes.subarray(start, end)));
  }

  onResponseEnd(trailers: FieldSection | undefined): void {
    this.finishGrpc(trailers);
    this.attempt.end();
  }

  onBadResponse(code: string, detail: string): void {
    this.finish('unhealthy', detail === '' ? code : `${code}: ${detail}`);
  }

  onPeerLost(_reached: unknown, detail: string): void {
    this.finish('unhealthy', detail === '' ? 'peer_reset' : `peer_reset: ${detail}`);
  }

  onPeerBlocked(): void {}
  onPeerDrained(): void {}

  private finishGrpc(fields: FieldSection | undefined): void {
    const code = fields?.known(FIELD.grpcStatus);
    if (code !== '0') {
      this.finish('unhealthy', code === undefined ? 'no grpc-status' : `grpc-status ${code}`);
      return;
    }
    const status = decodeHealthResponse(Buffer.concat(this.answer));
    this.finish(status === 'SERVING' ? 'healthy' : 'unhealthy', status ?? 'not an answer of grpc.health.v1');
  }

  private timeOut(timeoutMs: number): void {
    this.attempt.end();
    this.finish('unhealthy', `no answer within ${timeoutMs} ms`);
    this.turn.flush();
  }

  private finish(verdict: HealthVerdict, reason: string): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    // What is left of the answer is read in passing, so that its connection stays clean.
    this.attempt.discard();
    this.done(verdict, reason);
  }
}
