import { Histogram } from '@tulle/mesh/histogram';
import type { DataPathErrorCode } from '../errors.ts';
import type { RouteCounts } from './measurements.ts';
import type { Outcome } from './outcome.ts';

/** What tells the series of this agent's own metrics apart. */
export interface RouteKey {
  readonly side: 'outbound' | 'inbound';
  /** That was asked for. */
  readonly service: string;
  /** Name of the rule, or `#` and its place when it has none; '' where no rule matched. */
  readonly rule: string;
  /** The service that was sent to; '' when none was reached. */
  readonly destination: string;
  readonly version: string;
}

export function nameOfRule({ side, service, rule }: Pick<RouteKey, 'side' | 'service' | 'rule'>): string {
  return `${side} ${service} ${rule}`;
}

export function nameOfRoute(key: RouteKey): string {
  return `${nameOfRule(key)} ${key.destination} ${key.version}`;
}

/** Statuses of gRPC that are defined: 0 to 16. */
const GRPC_STATUSES = 17;
const UNKNOWN = 2;

/** Cumulative counters of what one rule sent to one version. Plain fields: they are written for every request. */
export class RouteSeries {
  readonly key: RouteKey;
  ok = 0;
  clientErrors = 0;
  serverErrors = 0;
  /** Tries that ended: those whose answer was passed on, and those that failed. */
  triedWell = 0;
  failedTries = 0;
  /** Requests that were tried more than once, and those of them that ended well. */
  retried = 0;
  retriedOk = 0;
  /** Heads as written, bodies as they are; without what TLS and framing add. */
  bytesSent = 0;
  bytesReceived = 0;
  /** Requests and streams in flight. */
  active = 0;
  readonly errors = new Map<DataPathErrorCode, number>();
  /** By status; undefined until the first call of gRPC ends. */
  grpcStatuses: Float64Array | undefined = undefined;
  readonly firstByte = new Histogram();
  readonly duration = new Histogram();

  constructor(key: RouteKey) {
    this.key = key;
  }

  answered(outcome: Outcome, milliseconds: number): void {
    if (outcome === 'ok') this.ok++;
    else if (outcome === 'clientError') this.clientErrors++;
    else this.serverErrors++;
    this.duration.record(milliseconds);
  }

  failed(code: DataPathErrorCode, milliseconds: number): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    this.duration.record(milliseconds);
  }

  countGrpcStatus(status: number): void {
    this.grpcStatuses ??= new Float64Array(GRPC_STATUSES);
    const place = status < GRPC_STATUSES ? status : UNKNOWN;
    this.grpcStatuses[place] = (this.grpcStatuses[place] as number) + 1;
  }

  counts(): RouteCounts {
    const { key, ok, clientErrors, serverErrors, triedWell, failedTries, retried, retriedOk } = this;
    const { bytesSent, bytesReceived, active, errors, grpcStatuses, firstByte, duration } = this;
    return {
      key,
      ok,
      clientErrors,
      serverErrors,
      triedWell,
      failedTries,
      retried,
      retriedOk,
      bytesSent,
      bytesReceived,
      active,
      errors: Object.fromEntries(errors),
      grpcStatuses: Array.from(grpcStatuses ?? []),
      firstByte: firstByte.counts(),
      duration: duration.counts(),
    };
  }
}
