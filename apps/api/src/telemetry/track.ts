import type { ReportInput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { MeshError } from '@tulle/mesh/errors';
import { type Edge, type Edges, edgeKey, isSound } from './edges.ts';
import { Packer } from './packing.ts';
import { readSeries, writeSeries } from './series-packing.ts';
import { addSums, emptySums, isEmptySums, type Sums, subtractSums, sumsOf } from './sums.ts';

/** What the database has of one epoch of one agent. */
export interface Cursor {
  readonly seq: number;
  readonly at: number;
  readonly series: Uint8Array;
}

/** An increase of one series, to be counted for a span of time. */
export interface Increase {
  readonly edge: number;
  readonly sums: Sums;
}

const idleWriteMs = 60_000;

interface Series {
  readonly edge: number;
  last: Sums;
  /** What is not in the database yet, by the start of its bucket of 10 s. */
  pending: Map<number, Sums>;
}

export interface PendingRow {
  readonly at: number;
  readonly edge: number;
  readonly sums: Sums;
}

/** What is written of a track in one transaction: everything up to `seq`. */
export interface Snapshot {
  readonly seq: number;
  readonly baseSeq: number;
  readonly at: number;
  readonly series: Buffer;
  readonly rows: readonly PendingRow[];
}

/**
 * The cumulative counters of one epoch of one agent. Knows what was counted already, so that a report that is
 * lost, repeated or late changes nothing.
 */
export class Track {
  readonly agentId: string;
  readonly epoch: string;
  readonly #edges: Edges;
  readonly #series = new Map<string, Series>();
  #seq: number;
  #durableSeq: number;
  /** The last report that brought something new. */
  #changedSeq: number;
  #durableAt: number;
  /** When the counters were last read, by our clock. */
  #at: number;

  constructor(agentId: string, epoch: string, edges: Edges, cursor: Cursor | undefined, startedAt: number) {
    this.agentId = agentId;
    this.epoch = epoch;
    this.#edges = edges;
    this.#seq = cursor?.seq ?? -1;
    this.#durableSeq = this.#seq;
    this.#changedSeq = this.#seq;
    this.#at = cursor?.at ?? startedAt;
    this.#durableAt = this.#at;
    if (cursor !== undefined) {
      for (const [edge, last] of readSeries(cursor.series)) this.#know(edge, last);
    }
  }

  get seq(): number {
    return this.#seq;
  }

  /** Whether the database has everything that was reported; reports without news need not get there. */
  get isDurable(): boolean {
    return this.#durableSeq >= this.#changedSeq;
  }

  get at(): number {
    return this.#at;
  }

  /** Also now and then without news, so that a restart knows until when there were none. */
  get isDirty(): boolean {
    return !this.isDurable || this.#at - this.#durableAt >= idleWriteMs;
  }

  /**
   * Takes a report and returns what is new in it; undefined for one that was taken before. Nothing of it is taken
   * when it is refused. Series that have shrunk are left alone, and named in `shrunk`.
   */
  take(
    input: ReportInput,
    { service, maxSeries, now }: { service: string; maxSeries: number; now: number },
  ): { increases: Increase[]; shrunk: string[] } | undefined {
    if (input.seq <= this.#seq) return undefined;
    this.#refuseUnsound(input.series, service, maxSeries);
    const increases: Increase[] = [];
    const shrunk: string[] = [];
    for (const reported of input.series) {
      const series = this.#series.get(edgeKey(reported)) ?? this.#know(reported, emptySums());
      const counted = sumsOf(reported);
      const sums = subtractSums(counted, series.last);
      if (sums === undefined) {
        shrunk.push(edgeKey(reported));
        continue;
      }
      series.last = counted;
      if (!isEmptySums(sums)) increases.push({ edge: series.edge, sums });
    }
    this.#seq = input.seq;
    this.#at = now;
    if (increases.length > 0) this.#changedSeq = input.seq;
    return { increases, shrunk };
  }

  /** Notes an increase for the database. */
  note(at: number, increase: Increase): void {
    const edge = this.#edges.get(increase.edge);
    const series = edge && this.#series.get(edgeKey(edge));
    if (series === undefined) throw new Error('an increase without a series');
    addPending(series, at, increase.sums);
  }

  /** Hands out what is to be written. On failure `restore` takes it back. */
  snapshot(): Snapshot {
    const rows: PendingRow[] = [];
    const packer = new Packer();
    for (const series of this.#series.values()) {
      const edge = this.#edges.get(series.edge);
      if (edge === undefined) continue;
      writeSeries(packer, edge, series.last);
      for (const [at, sums] of series.pending) rows.push({ at, edge: series.edge, sums });
      if (series.pending.size > 0) series.pending = new Map();
    }
    return { seq: this.#seq, baseSeq: this.#durableSeq, at: this.#at, series: packer.take(), rows };
  }

  written({ seq, at }: Snapshot): void {
    this.#durableSeq = seq;
    this.#durableAt = at;
  }

  restore({ rows }: Snapshot): void {
    for (const { at, edge, sums } of rows) this.note(at, { edge, sums });
  }

  /**
   * Another replica, or an earlier attempt of ours whose answer was lost, has written this epoch: what is still to
   * be written is what the database does not have.
   */
  rebase(cursor: Cursor, at: number): void {
    for (const series of this.#series.values()) series.pending = new Map();
    const stored = new Map<string, Sums>();
    for (const [edge, last] of readSeries(cursor.series)) {
      stored.set(edgeKey(edge), last);
      if (!this.#series.has(edgeKey(edge))) this.#know(edge, last);
    }
    for (const [key, series] of this.#series) {
      const missing = subtractSums(series.last, stored.get(key) ?? emptySums());
      if (missing === undefined) series.last = stored.get(key) ?? series.last;
      else if (!isEmptySums(missing)) addPending(series, at, missing);
    }
    const isComplete = [...this.#series.values()].every(({ pending }) => pending.size === 0);
    this.#seq = Math.max(this.#seq, cursor.seq);
    this.#changedSeq = isComplete ? cursor.seq : Math.max(this.#changedSeq, cursor.seq + 1);
    this.#durableSeq = cursor.seq;
    this.#durableAt = cursor.at;
  }

  #know(edge: Edge, last: Sums): Series {
    const id = this.#edges.idOf(edge);
    if (id === undefined) throw new MeshError('too_many', 'The mesh has too many edges to count them all.');
    const series = { edge: id, last, pending: new Map<number, Sums>() };
    this.#series.set(edgeKey(edge), series);
    return series;
  }

  #refuseUnsound(series: readonly SeriesCounters[], service: string, maxSeries: number): void {
    let added = 0;
    for (const one of series) {
      if (this.#series.has(edgeKey(one))) continue;
      added++;
      if (!isSound(one)) {
        throw new MeshError(
          'bad_request',
          'Services and versions have letters, digits, dots, dashes and underscores.',
        );
      }
      const own = one.side === 'outbound' ? one.source : one.destination;
      if (own !== service) {
        throw new MeshError('forbidden', `An agent of ${service} cannot report traffic of ${own}.`);
      }
    }
    if (this.#series.size + added > maxSeries) {
      throw new MeshError(
        'too_many',
        `This agent reports more than ${maxSeries} series (an edge, version and side each); TULLE_MAX_SERIES raises the limit.`,
      );
    }
  }
}

/** While the database is away, the oldest buckets become one: nothing is lost but when exactly it was. */
const maxPendingBuckets = 60;

function addPending(series: Series, at: number, sums: Sums): void {
  if (series.pending.size >= maxPendingBuckets && !series.pending.has(at)) joinOldest(series.pending);
  const into = series.pending.get(at);
  if (into !== undefined) addSums(into, sums);
  else {
    // A copy: the same object may stand in the ring.
    const own = emptySums();
    addSums(own, sums);
    series.pending.set(at, own);
  }
}

function joinOldest(pending: Map<number, Sums>): void {
  const [oldest, next] = [...pending.keys()].sort((a, b) => a - b);
  if (oldest === undefined || next === undefined) return;
  const into = pending.get(next);
  const sums = pending.get(oldest);
  pending.delete(oldest);
  if (into !== undefined && sums !== undefined) addSums(into, sums);
}
