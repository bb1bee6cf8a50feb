import type { ReportInput, ReportOutput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { LatestWriter } from '../config-store/latest-writer.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import { AcknowledgedSeries, levelOf } from './acknowledged-series.ts';
import type { EpochCounters, EpochStore, FormerEpoch } from './epoch-store.ts';

const defaultPersistEveryMs = 3_000;

export interface ReporterOptions {
  /** Random, one per process. */
  readonly epoch: string;
  readonly telemetry: () => SeriesCounters[];
  readonly gauges: () => NonNullable<ReportInput['gauges']>;
  /** Undefined without a certificate. */
  readonly trust: () => ReportInput['trust'];
  readonly connected: () => boolean;
  readonly send: (report: ReportInput) => Promise<ReportOutput>;
  readonly store: Pick<EpochStore, 'load' | 'save' | 'forget' | 'make'>;
  readonly logger: DataPlaneLogger;
  readonly persistEveryMs?: number;
}

/**
 * Reports cumulative counters. A report that is lost or comes twice changes nothing; what has not reached the API's
 * database when this process ends is on disk, and the next process reports it until it has.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #acknowledged = new AcknowledgedSeries();
  #former: FormerEpoch[];
  readonly #writer: LatestWriter<EpochCounters>;
  #seq = 0;
  #intervalMs = 1_000;
  #timer: NodeJS.Timeout | undefined;
  #persistTimer: NodeJS.Timeout | undefined;
  #persistedLevel = 0;
  #durableLevel = 0;
  #sending: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#former = options.store.load(options.epoch);
    this.#writer = new LatestWriter(
      async (counters) => {
        await options.store.save(counters);
        this.#persistedLevel = sumOfLevels(counters.series);
      },
      (error) => options.logger.error({ err: error }, 'the counters could not be written to disk'),
    );
  }

  /** Former runs whose counters are not known to be in the API's database. */
  get formerEpochs(): number {
    return this.#former.length;
  }

  /** Looks for counters of other processes: a run that drains goes on to count, and says so on disk. */
  reread(): void {
    const { store, epoch } = this.#options;
    this.#former = store.load(epoch);
  }

  start(): void {
    const everyMs = this.#options.persistEveryMs ?? defaultPersistEveryMs;
    this.#persistTimer = setInterval(() => this.persist(), everyMs);
    this.#persistTimer.unref();
    this.#schedule(this.#intervalMs);
  }

  setIntervalMs(intervalMs: number): void {
    this.#intervalMs = intervalMs;
  }

  /** A new connection: everything is sent once, at a moment of its own so that agents do not come all at once. */
  reconnected(): void {
    this.#acknowledged.forget();
    this.#durableLevel = 0;
    this.#schedule(Math.random() * Math.min(this.#intervalMs, 1_000) * 0.5);
  }

  /** From now on another process reports, what this one counts as well: it finds that on disk. */
  async handOver(): Promise<void> {
    this.persist();
    await this.#writer.settled();
  }

  /** One round: the present counters, then those of former runs. Never rejects; concurrent calls share a round. */
  round(): Promise<void> {
    this.#sending ??= this.#round().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Writes the counters to disk, for a run that ends without warning, unless the disk or the API has them. */
  persist(): void {
    const series = this.#options.telemetry();
    const level = sumOfLevels(series);
    if (level === this.#persistedLevel || level === this.#durableLevel) return;
    this.#writer.put(this.#counters(series));
  }

  /** What was on disk is there no more. */
  rewrite(): void {
    this.#options.store.make();
    this.#persistedLevel = 0;
    this.persist();
  }

  /** The last act: counters to disk, a last report, and the disk's copy dropped when the API has it for good. */
  async finish(timeoutMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#persistTimer);
    const series = this.#options.telemetry();
    if (sumOfLevels(series) > 0) this.#writer.put(this.#counters(series));
    await this.#writer.settled();
    if (!this.#options.connected()) return;
    await Promise.race([this.#lastReport(), sleep(timeoutMs)]);
  }

  async #lastReport(): Promise<void> {
    await this.#sending;
    await this.round();
    const level = sumOfLevels(this.#options.telemetry());
    if (level === this.#durableLevel) await this.#options.store.forget(this.#options.epoch);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.round();
      this.#schedule(this.#intervalMs);
    }, delayMs);
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    await this.#attempt(() => this.#reportPresent());
    await this.#attempt(async () => {
      if (this.#former.some(({ final }) => !final)) this.reread();
      for (const former of [...this.#former]) await this.#reportFormer(former);
    });
  }

  /** A failure needs no more than the next round: what was not acknowledged is reported again. */
  async #attempt(report: () => Promise<void>): Promise<void> {
    if (!this.#options.connected()) return;
    try {
      await report();
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'a report was not acknowledged and will be repeated');
    }
  }

  async #reportPresent(): Promise<void> {
    const { epoch, telemetry, gauges, trust, send } = this.#options;
    const all = telemetry();
    const changed = this.#acknowledged.changed(all);
    const seq = ++this.#seq;
    const said = { gauges: gauges(), trust: trust() };
    const output = await send({ epoch, seq, at: Date.now(), series: changed, ...said });
    this.#intervalMs = output.reportIntervalMs;
    if (output.seq < seq) return;
    this.#acknowledged.acknowledge(changed);
    if (output.durable) this.#durableLevel = sumOfLevels(all);
  }

  async #reportFormer(former: FormerEpoch): Promise<void> {
    const { store, send, logger } = this.#options;
    const { writer: _writer, ...counters } = former.counters;
    const output = await send(counters);
    if (!former.final || !output.durable || output.seq < counters.seq) return;
    this.#former.splice(this.#former.indexOf(former), 1);
    await store.forget(counters.epoch);
    logger.info(
      { epoch: counters.epoch, series: counters.series.length },
      'the counters of a former run arrived',
    );
  }

  /** A copy of all counters takes a number of its own, so that its place among the reports is certain. */
  #counters(series: SeriesCounters[]): EpochCounters {
    return { epoch: this.#options.epoch, seq: ++this.#seq, at: Date.now(), series };
  }
}

function sumOfLevels(series: readonly SeriesCounters[]): number {
  return series.reduce((sum, one) => sum + levelOf(one), 0);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
