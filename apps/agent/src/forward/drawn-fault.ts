import type { RequestHead } from '@tulle/wire/http/message-head';
import type { RouteRecord } from '../record/route-record.ts';
import type { FaultDecision } from '../router/route-decision.ts';

/** What a rule's fault does to one request. */
export interface DrawnFault {
  /** 0 when it is not held back. */
  readonly delayMs: number;
  /** How it is answered in place of the service. */
  readonly abort: { readonly status: number; readonly grpcStatus: number } | undefined;
}

export function drawFault(fault: FaultDecision, head: RequestHead, record: RouteRecord): DrawnFault {
  const abort = fault.abort(head);
  const delayMs = fault.delayMs(head);
  if (abort !== undefined) record.aborted++;
  if (delayMs > 0) record.delayed++;
  return { delayMs, abort };
}
