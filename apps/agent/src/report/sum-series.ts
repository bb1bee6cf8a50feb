import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { mergeCounts } from '@tulle/mesh/histogram';
import { keyOf } from './acknowledged-series.ts';

/** What several processes of one agent counted, as if one had. */
export function sumSeries(lists: Iterable<readonly SeriesCounters[]>): SeriesCounters[] {
  const sums = new Map<string, SeriesCounters>();
  for (const list of lists) {
    for (const one of list) {
      const key = keyOf(one);
      const known = sums.get(key);
      sums.set(key, known === undefined ? one : add(known, one));
    }
  }
  return [...sums.values()];
}

function add(a: SeriesCounters, b: SeriesCounters): SeriesCounters {
  const meshErrorCodes = { ...a.meshErrorCodes };
  for (const [code, count] of Object.entries(b.meshErrorCodes))
    meshErrorCodes[code] = (meshErrorCodes[code] ?? 0) + count;
  return {
    ...a,
    requests: a.requests + b.requests,
    ok: a.ok + b.ok,
    clientErrors: a.clientErrors + b.clientErrors,
    serverErrors: a.serverErrors + b.serverErrors,
    meshErrors: a.meshErrors + b.meshErrors,
    meshErrorCodes,
    retries: a.retries + b.retries,
    bytesSent: a.bytesSent + b.bytesSent,
    bytesReceived: a.bytesReceived + b.bytesReceived,
    latency: mergeCounts(a.latency, b.latency),
  };
}
