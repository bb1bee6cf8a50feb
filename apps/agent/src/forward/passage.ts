import type { Clock } from '../clock.ts';
import type { Pressure } from '../lifecycle/memory-guard.ts';
import type { Observability } from '../record/observability.ts';
import type { ProtocolRefusals } from '../record/protocol-refusals.ts';
import type { Series } from '../record/series.ts';
import type { ActiveExchanges } from './active-exchanges.ts';
import type { WaitingConnection } from './awaiting-views.ts';
import type { Exchange } from './exchange.ts';
import type { Caller, CallerConnection } from './exchange-caller.ts';
import type { Turn } from './turn.ts';

/** What becomes of the requests of a listener: decides, and tells the exchange what to do. */
export interface Passage {
  admit(exchange: Exchange, caller: Caller): void;
  /**
   * What reads the inside of a CONNECT tunnel to this authority; undefined for a request like others. Clients that are
   * told of a proxy tunnel even plain HTTP through it, so the inside is HTTP again and stays under the mesh's rules.
   */
  insideTunnel?(authority: string): Passage | undefined;
  /** Calls `then` once {@link insideTunnel} can tell, or never will; false when there is nothing to wait for. */
  awaitTunnel?(authority: string, connection: WaitingConnection, then: () => void): boolean;
  /** Where a request counts before anything is known of it. */
  seriesOf(caller: Caller): Series;
}

export interface ForwardEnvironment {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly active: ActiveExchanges;
  readonly pressure: Pressure;
  readonly observability: Observability;
}

export interface CallerEnvironment extends ForwardEnvironment {
  readonly callers: Set<CallerConnection>;
  /** What sessions of HTTP/2 refuse. */
  readonly refusals: ProtocolRefusals;
  /** What was accepted before the listeners closed is served, and told to go. */
  readonly draining: boolean;
  readonly headTimeoutMs: number;
  readonly callerIdleTimeoutMs: number;
}
