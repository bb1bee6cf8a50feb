import type { Origin, ProxyServer } from '../proxies/proxy-server.ts';
import type { Workbench } from '../workbench.ts';

/** Names of measures with their unit, such as `µs CPU/request`, and what one run of one contender gave. */
export type Sample = Readonly<Record<string, number>>;

export interface Contender {
  readonly name: string;
  start(bench: Workbench, origin: Origin): Promise<ProxyServer>;
}

/** `ours` divided by `theirs`, or `ours` itself. A missed stretch target does not fail the bench. */
export interface Target {
  readonly measure: string;
  readonly ours: string;
  readonly theirs?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly isStretch?: true;
}

/** One job that several proxies do in turns, with what counts about it. */
export interface Scenario {
  /** Kebab-case, for `--only`. */
  readonly name: string;
  readonly about: string;
  startOrigin(bench: Workbench): Promise<Origin>;
  readonly contenders: readonly Contender[];
  /** Once before the first round. */
  check?(proxy: ProxyServer): Promise<void>;
  measure(proxy: ProxyServer, seconds: number, bench: Workbench, origin: Origin): Promise<Sample>;
  readonly targets: readonly Target[];
  /** Each contender is started anew for every round, as what it weighs after a load says nothing. */
  readonly isFresh?: true;
}
