import type { ReportInput, ReportOutput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { keyOf } from '../../report/acknowledged-series.ts';

interface EpochRecord {
  seq: number;
  readonly series: Map<string, SeriesCounters>;
}

/**
 * How the API takes telemetry in, as small as it can be: cumulative counters by epoch, an older or equal sequence
 * number ignored. What is not yet durable is lost in a crash, sequence numbers and all.
 */
export class SpecLedger {
  #memory = new Map<string, EpochRecord>();
  #durable = new Map<string, EpochRecord>();
  reportIntervalMs = 100;

  take(report: ReportInput): ReportOutput {
    const record = this.#memory.get(report.epoch) ?? { seq: -1, series: new Map() };
    this.#memory.set(report.epoch, record);
    if (report.seq > record.seq) {
      record.seq = report.seq;
      for (const one of report.series) record.series.set(keyOf(one), one);
    }
    const durable = this.#durable.get(report.epoch)?.seq === record.seq;
    return { seq: record.seq, durable, reportIntervalMs: this.reportIntervalMs };
  }

  flush(): void {
    this.#durable = copy(this.#memory);
  }

  crash(): void {
    this.#memory = copy(this.#durable);
  }

  /** Requests over all epochs. */
  requests(): number {
    let sum = 0;
    for (const { series } of this.#memory.values()) for (const one of series.values()) sum += one.requests;
    return sum;
  }

  epochs(): number {
    return this.#memory.size;
  }
}

function copy(records: ReadonlyMap<string, EpochRecord>): Map<string, EpochRecord> {
  return new Map([...records].map(([epoch, { seq, series }]) => [epoch, { seq, series: new Map(series) }]));
}
