/** A span that is over, as plain values: what it tells of was reused by then. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the first of its trace. */
  readonly parentSpanId: string;
  /** Flags of Trace Context. */
  readonly flags: number;
  readonly name: string;
  readonly kind: 'server' | 'client';
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isError: boolean;
  readonly attributes: readonly (readonly [name: string, value: string | number])[];
}
