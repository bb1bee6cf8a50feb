import type { Backend } from '../balance/backend.ts';
import type { DataPathErrorCode } from '../errors.ts';
import type { Outcome } from './outcome.ts';
import type { RouteRecord } from './route-record.ts';
import { RouteSeries } from './route-series.ts';
import type { Series, SeriesKey } from './series.ts';

/** Counts for nobody, until a backend is chosen. */
const noRoute = new RouteSeries({ side: 'outbound', service: '', rule: '', destination: '', version: '' });

/** What one exchange adds to the counters: of its edge, which the API is told, and of its rule. */
export class ExchangeTally {
  /** What was tried last, and how many tries there were. */
  backend: Backend | undefined = undefined;
  tries = 0;
  bytesSent = 0;
  bytesReceived = 0;
  /** Until the head of the answer was there; -1 before. */
  firstByteMs = -1;
  private series: Series;
  /** Whether the series follows the backend that is chosen, or stays what the passage set. */
  private followsBackend = true;
  private record: RouteRecord | undefined = undefined;
  private route = noRoute;

  constructor(series: Series) {
    this.series = series;
  }

  /** What a failure counts for while no backend is chosen. */
  countIn(series: Series): void {
    this.series = series;
  }

  /** `fixed` counts all of it, whatever backend answers. */
  begin(record: RouteRecord, fixed: Series | undefined): void {
    this.record = record;
    if (fixed === undefined) return;
    this.series = fixed;
    this.followsBackend = false;
  }

  tried(backend: Backend, again: boolean): void {
    if (this.followsBackend) this.series = backend.series;
    if (again) {
      this.series.retries++;
      this.route.failedTries++;
    }
    this.route.active--;
    this.route = this.record === undefined ? noRoute : this.record.of(backend.series);
    this.route.active++;
    this.backend = backend;
    // A service that is starting is asked again, as the same try.
    if (again || this.tries === 0) this.tries++;
  }

  sent(bytes: number): void {
    this.bytesSent += bytes;
    this.series.bytesSent += bytes;
    this.route.bytesSent += bytes;
  }

  received(bytes: number): void {
    this.bytesReceived += bytes;
    this.series.bytesReceived += bytes;
    this.route.bytesReceived += bytes;
  }

  answerBegan(milliseconds: number): void {
    this.firstByteMs = milliseconds;
    this.route.firstByte.record(milliseconds);
  }

  /** What it counts for now. */
  get edge(): SeriesKey {
    return this.series.key;
  }

  /** Once. `grpcStatus` is -1 of what is no call of gRPC, or has no status of its own. */
  answered(outcome: Outcome, grpcStatus: number, milliseconds: number): void {
    const route = this.lastRoute;
    this.series.answered(outcome, milliseconds);
    route.answered(outcome, milliseconds);
    if (grpcStatus >= 0) route.countGrpcStatus(grpcStatus);
    this.end(outcome !== 'serverError', outcome === 'ok');
  }

  /** Once, in place of {@link answered}. */
  failed(code: DataPathErrorCode, milliseconds: number): void {
    this.series.failed(code, milliseconds);
    this.lastRoute.failed(code, milliseconds);
    this.end(false, false);
  }

  private get lastRoute(): RouteSeries {
    return this.tries > 0 ? this.route : (this.record?.unsent ?? noRoute);
  }

  private end(triedWell: boolean, endedWell: boolean): void {
    const { route } = this;
    route.active--;
    if (triedWell) route.triedWell++;
    else route.failedTries++;
    if (this.tries <= 1) return;
    route.retried++;
    if (endedWell) route.retriedOk++;
  }
}
