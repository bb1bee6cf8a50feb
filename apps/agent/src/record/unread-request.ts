import { RequestHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import { ExchangeTally } from './exchange-tally.ts';
import type { Observability } from './observability.ts';
import type { Series } from './series.ts';

const heads = { http1: new RequestHead(0), http2: new RequestHead(0) };
heads.http2.major = 2;

/** Counts what came in place of a request and could not be read as one; `status`: 0 for what the code has. */
export function countUnread(
  protocol: keyof typeof heads,
  failure: DataPathErrorCode,
  detail: string,
  status: number,
  afterMs: number,
  series: Series,
  observability: Observability,
): void {
  const tally = new ExchangeTally(series);
  tally.failed(failure, afterMs);
  const startedAt = performance.now() - afterMs;
  const head = heads[protocol];
  observability.requestRefused({ head, isGrpc: false, startedAt, status, failure, detail, tally }, afterMs);
}
