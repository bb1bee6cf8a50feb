import type { Exchange } from '../forward/exchange.ts';
import type { OutboundContext } from './outbound-passage.ts';

/** Calls `goOn` when the view of the service has come, where somebody can be asked for it; else the request fails. */
export function awaitView(
  { services, recorder, source }: OutboundContext,
  service: string,
  exchange: Exchange,
  goOn: () => void,
): void {
  exchange.tally.countIn(recorder.unanswered(source, service));
  const { awaiting } = services;
  if (awaiting === undefined) exchange.fail('unknown_service', service);
  else if (awaiting.add(service, exchange, goOn)) exchange.waitAtMost(awaiting.timeoutMs);
  else exchange.fail('overloaded', 'too many requests wait for unknown services');
}
