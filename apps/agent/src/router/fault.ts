import type { Fault } from '@tulle/mesh/route';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { FaultDecision } from './route-decision.ts';

/** `random` gives numbers in [0, 1). */
export function faultOf(fault: Fault, random: () => number = Math.random): FaultDecision {
  const { header, delay, abort } = fault;
  const concerns = (head: RequestHead) => header === undefined || head.get(header) !== undefined;
  const draw = (percent: number) => random() * 100 < percent;
  const answer = abort && { status: abort.status, grpcStatus: abort.grpcStatus };
  return {
    delayMs: (head) => (delay !== undefined && concerns(head) && draw(delay.percent) ? delay.delayMs : 0),
    abort: (head) => (abort !== undefined && concerns(head) && draw(abort.percent) ? answer : undefined),
  };
}
