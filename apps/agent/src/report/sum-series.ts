import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { mergeCounts } from '@tulle/mesh/histogram';
import { sumBy } from '../record/sum-by.ts';
import { keyOf } from './acknowledged-series.ts';

/** What several processes of one agent counted, as if one had. */
export function sumSeries(lists: Iterable<readonly SeriesCounters[]>): SeriesCounters[] {
  return sumBy([...lists].flat(), keyOf, add);
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
