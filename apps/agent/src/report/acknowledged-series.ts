import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { total } from '@tulle/mesh/histogram';

/** What the API has of each series, so that a report need only carry what has moved since. */
export class AcknowledgedSeries {
  readonly #levels = new Map<string, number>();

  changed(series: readonly SeriesCounters[]): SeriesCounters[] {
    return series.filter((one) => this.#levels.get(keyOf(one)) !== levelOf(one));
  }

  acknowledge(series: readonly SeriesCounters[]): void {
    for (const one of series) this.#levels.set(keyOf(one), levelOf(one));
  }

  /** A new connection may lead to an API that has lost what was not durable yet: it gets everything once. */
  forget(): void {
    this.#levels.clear();
  }
}

export function keyOf({ side, source, destination, version, tls }: SeriesCounters): string {
  return `${side} ${source} ${destination} ${version} ${tls}`;
}

/** Counters only grow, so their sum is equal exactly when all of them are. */
export function levelOf(series: SeriesCounters): number {
  const { requests, ok, clientErrors, serverErrors, meshErrors, retries, bytesSent, bytesReceived } = series;
  const outcomes = requests + ok + clientErrors + serverErrors + meshErrors + retries;
  return outcomes + bytesSent + bytesReceived + total(series.latency);
}
