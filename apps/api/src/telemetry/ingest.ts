import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Edges } from './edges.ts';
import { ensurePartitions, tenSeconds } from './partitions.ts';
import { bucketMs, type Peak, readCursor, writeRollups } from './rollup-writer.ts';
import { type Sums, sliceSums } from './sums.ts';
import { type Increase, type Snapshot, Track } from './track.ts';
import { inTransaction } from './transaction.ts';

/** Who reports: an agent can only speak of the traffic of its own service. */
export interface Reporter {
  readonly id: string;
  readonly service: string;
  /** When its process started, by its own clock. */
  readonly startedAt: number;
}

export interface TelemetryIngest {
  /** Throws MeshError when the report cannot be true. */
  report(
    reporter: Reporter,
    input: ReportInput,
  ): Promise<{ readonly seq: number; readonly durable: boolean }>;
}

const secondMs = 1_000;
/** What an agent counted in a longer time than it usually reports in is spread over that time. */
const promptMs = 1_500;
const maxSpreadMs = 3_600_000;
/** A track that is written and quiet can be read again from the database. */
const idleMs = 120_000;

/** Takes reports in, and gives what is new in them to the ring at once and to the database now and then. */
export class Ingest implements TelemetryIngest {
  readonly #pool: pg.Pool;
  readonly #edges: Edges;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #maxSeries: number;
  readonly #count: (at: number, edge: number, sums: Sums) => void;
  readonly #peaks: (peaks: readonly Peak[]) => void;
  readonly #tracks = new Map<string, Promise<Track>>();
  readonly #partitions: Set<string>;
  #flushing: Promise<void> | undefined;
  #asOf = 0;
  readonly counts = { reports: 0, points: 0, repeated: 0, flushes: 0 };

  constructor(options: {
    pool: pg.Pool;
    edges: Edges;
    logger: Logger;
    now: () => number;
    maxSeries: number;
    /** Names of partitions that exist. */
    partitions: Set<string>;
    count: (at: number, edge: number, sums: Sums) => void;
    peaks: (peaks: readonly Peak[]) => void;
  }) {
    this.#pool = options.pool;
    this.#edges = options.edges;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#maxSeries = options.maxSeries;
    this.#partitions = options.partitions;
    this.#count = options.count;
    this.#peaks = options.peaks;
  }

  get asOf(): number {
    return this.#asOf;
  }

  async report(reporter: Reporter, input: ReportInput): Promise<{ seq: number; durable: boolean }> {
    const track = await this.#track(reporter, input.epoch);
    // From here on nothing waits: reports of one agent do not interleave.
    const before = track.at;
    const now = this.#now();
    const taken = track.take(input, { service: reporter.service, maxSeries: this.#maxSeries, now });
    this.counts.reports++;
    if (taken === undefined) this.counts.repeated++;
    else {
      this.counts.points += input.series.length;
      this.#asOf = now;
      for (const increase of taken.increases) this.#spread(track, increase, before, now);
      if (taken.shrunk.length > 0) {
        this.#logger.warn(
          { agentId: reporter.id, series: taken.shrunk.slice(0, 5) },
          'an agent reports less than before within one run; these series are left alone',
        );
      }
    }
    return { seq: track.seq, durable: track.isDurable };
  }

  /** Counts an increase at the middle of the time it came in, or evenly over a long one, such as an outage of ours. */
  #spread(track: Track, increase: Increase, before: number, now: number): void {
    const gap = Math.min(maxSpreadMs, Math.max(0, now - before));
    if (gap <= promptMs) {
      this.#add(track, now - gap / 2, increase);
      return;
    }
    const step = gap > 60_000 ? bucketMs : secondMs;
    const slices = Math.max(1, Math.round(gap / step));
    for (let slice = 0; slice < slices; slice++) {
      const at = now - gap + ((slice + 0.5) * gap) / slices;
      this.#add(track, at, { edge: increase.edge, sums: sliceSums(increase.sums, slice, slices) });
    }
  }

  #add(track: Track, at: number, increase: Increase): void {
    this.#count(at, increase.edge, increase.sums);
    track.note(Math.floor(at / bucketMs) * bucketMs, increase);
  }

  #track({ id, startedAt }: Reporter, epoch: string): Promise<Track> {
    const key = `${id} ${epoch}`;
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const now = this.#now();
    const loading = readCursor(this.#pool, id, epoch).then(
      (cursor) =>
        new Track(id, epoch, this.#edges, cursor, Math.min(now, Math.max(now - maxSpreadMs, startedAt))),
    );
    this.#tracks.set(key, loading);
    loading.catch(() => this.#tracks.delete(key));
    return loading;
  }

  /** Writes what is not in the database yet. One at a time; a failure is told and tried again at the next. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush()
      .catch((error: unknown) =>
        this.#logger.error({ err: error }, 'could not write telemetry, trying again'),
      )
      .finally(() => {
        this.#flushing = undefined;
      });
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const tracks = await this.#loaded();
    const work = tracks
      .filter((track) => track.isDirty)
      .map((track) => ({ track, snapshot: track.snapshot() }));
    try {
      if (work.length > 0) await this.#write(work);
      this.counts.flushes++;
    } catch (error) {
      // Whether it was written or not, the cursors tell at the next attempt.
      for (const { track, snapshot } of work) track.restore(snapshot);
      throw error;
    }
    this.#forgetIdle(tracks);
  }

  async #write(work: readonly { track: Track; snapshot: Snapshot }[]): Promise<void> {
    const now = this.#now();
    const times = new Set([now, now - 300_000]);
    for (const { snapshot } of work) for (const { at } of snapshot.rows) times.add(at);
    await ensurePartitions(this.#pool, tenSeconds, times, this.#partitions);
    const { lost, peaks } = await inTransaction(this.#pool, (client) =>
      writeRollups(client, this.#edges, work),
    );
    this.#peaks(peaks);
    const losers = new Set(lost.map(({ track }) => track));
    for (const { track, snapshot } of work) if (!losers.has(track)) track.written(snapshot);
    for (const { track, cursor } of lost) {
      this.#logger.info({ agentId: track.agentId }, 'another replica has counted for this agent meanwhile');
      track.rebase(cursor, Math.floor(now / bucketMs) * bucketMs);
    }
  }

  async #loaded(): Promise<Track[]> {
    const settled = await Promise.allSettled(this.#tracks.values());
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  #forgetIdle(tracks: readonly Track[]): void {
    for (const track of tracks) {
      if (!track.isDirty && this.#now() - track.at > idleMs)
        this.#tracks.delete(`${track.agentId} ${track.epoch}`);
    }
  }
}
