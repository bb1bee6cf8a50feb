import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Series, type SeriesKey } from './series.ts';

/**
 * More series than any real agent has edges. Beyond it, what has no series yet is counted under empty
 * names, so that those chosen by callers cannot fill the memory.
 */
const MAX_SERIES = 20_000;

/** All series of this agent since its process began. Looked up once per connection or endpoint, not per request. */
export class Recorder {
  private readonly byKey = new Map<string, Series>();

  series(key: SeriesKey): Series {
    const text = `${key.side} ${key.source} ${key.destination} ${key.version} ${key.tls}`;
    const known = this.byKey.get(text);
    if (known !== undefined) return known;
    if (this.byKey.size >= MAX_SERIES && key.destination !== '') {
      return this.series({ ...key, source: '', destination: '', version: '' });
    }
    const series = new Series(key);
    this.byKey.set(text, series);
    return series;
  }

  /** Where calls of `source` count that no version of the service answered; '' is no service. */
  unanswered(source: string, service: string): Series {
    return this.series({ side: 'outbound', source, destination: service, version: '', tls: false });
  }

  /** Those that were ever used: many stand ready for what may never come. */
  snapshot(): SeriesCounters[] {
    return Array.from(this.byKey.values(), (series) => series.snapshot()).filter(
      ({ requests, retries, bytesSent, bytesReceived }) => requests + retries + bytesSent + bytesReceived > 0,
    );
  }
}
