import type pg from 'pg';
import type { Edge, Edges } from './edges.ts';
import type { Ring } from './ring.ts';
import { type RollupTable, readRollups } from './rollup-rows.ts';
import type { EdgeCounters } from './store.ts';
import { addSums, countersOf, emptySums, type Sums } from './sums.ts';
import { readWatermark } from './watermark.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface EdgeFilter {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
}

/** Rings from the coarsest to the finest. */
export type Rings = readonly [minutes: Ring, tens: Ring, seconds: Ring];

const tenSecondsKeptMs = 7_000_000;

/** Sums up what was measured, from memory where it reaches and from the database before. */
export class Reader {
  readonly #edges: Edges;
  readonly #rings: Rings;
  readonly #pool: pg.Pool;
  readonly #now: () => number;

  constructor(edges: Edges, rings: Rings, pool: pg.Pool, now: () => number) {
    this.#edges = edges;
    this.#rings = rings;
    this.#pool = pool;
    this.#now = now;
  }

  async edges(span: Span, filter: EdgeFilter = {}): Promise<EdgeCounters[]> {
    const [bucket] = await this.#gather([span], filter);
    const sums = bucket ?? new Map<number, Sums>();
    return this.#chosen([sums]).flat();
  }

  async buckets(
    { from, to, stepMs }: Span & { readonly stepMs: number },
    filter: EdgeFilter,
  ): Promise<{ at: number; edges: EdgeCounters[] }[]> {
    const spans: Span[] = [];
    for (let at = from; at < to; at += stepMs) spans.push({ from: at, to: Math.min(to, at + stepMs) });
    const chosen = this.#chosen(await this.#gather(spans, filter));
    return spans.map((span, index) => ({ at: span.from, edges: chosen[index] ?? [] }));
  }

  /** One map of sums for each span; the spans follow each other. */
  async #gather(spans: readonly Span[], filter: EdgeFilter): Promise<Map<number, Sums>[]> {
    const wanted = this.#filter(filter);
    const memoryFrom = this.#memoryFrom();
    const gathered = spans.map((span) => {
      const sums = new Map<number, Sums>();
      const from = Math.max(span.from, memoryFrom);
      if (from < span.to) this.#fromMemory({ from, to: span.to }, wanted, sums);
      return sums;
    });
    const first = spans[0]?.from ?? 0;
    const last = Math.min(memoryFrom, spans.at(-1)?.to ?? 0);
    if (first < last) await this.#fromDatabase({ from: first, to: last }, filter, spans, gathered);
    return gathered;
  }

  #filter({ source, destination }: EdgeFilter): (edge: number) => boolean {
    if (source === undefined && destination === undefined) return () => true;
    const known = new Map<number, boolean>();
    return (id) => {
      const cached = known.get(id);
      if (cached !== undefined) return cached;
      const edge = this.#edges.get(id);
      const fits =
        edge !== undefined &&
        (source === undefined || edge.source === source) &&
        (destination === undefined || edge.destination === destination);
      known.set(id, fits);
      return fits;
    };
  }

  /** From here on the ring of 10 s has everything. */
  #memoryFrom(): number {
    const [, tens] = this.#rings;
    return tens.since;
  }

  /** Takes the largest buckets that fit. Where seconds are not kept any more, whole buckets of 10 s stand for them. */
  #fromMemory({ from, to: end }: Span, wanted: (edge: number) => boolean, sums: Map<number, Sums>): void {
    const [minutes, tens, seconds] = this.#rings;
    const add = (edge: number, counted: Sums) => {
      if (!wanted(edge)) return;
      let into = sums.get(edge);
      if (into === undefined) {
        into = emptySums();
        sums.set(edge, into);
      }
      addSums(into, counted);
    };
    // Both ends are rounded alike, so that spans that follow each other share nothing and leave nothing out.
    let at = Math.ceil(from / seconds.stepMs) * seconds.stepMs;
    const to = Math.ceil(end / seconds.stepMs) * seconds.stepMs;
    // A bucket of 10 s of which only some seconds are kept is taken as a whole, or they would count twice.
    const secondsFrom = Math.ceil(seconds.since / tens.stepMs) * tens.stepMs;
    while (at < to) {
      const ring = [minutes, tens, seconds].find(
        ({ stepMs, since }) =>
          at % stepMs === 0 && at + stepMs <= to && at >= (stepMs === seconds.stepMs ? secondsFrom : since),
      );
      if (ring !== undefined) {
        ring.visit(at, add);
        at += ring.stepMs;
      } else {
        const start = Math.floor(at / tens.stepMs) * tens.stepMs;
        // Counted once: by the span in which the bucket starts.
        if (start >= from || at === start) tens.visit(start, add);
        at = start + tens.stepMs;
      }
    }
  }

  async #fromDatabase(
    { from, to }: Span,
    filter: EdgeFilter,
    spans: readonly Span[],
    gathered: readonly Map<number, Sums>[],
  ): Promise<void> {
    const { from: start, to: firstEnd } = spans[0] ?? { from, to };
    const length = firstEnd - start;
    const read = async (table: RollupTable, span: Span) => {
      if (span.from >= span.to) return;
      for (const { at, edge, sums } of await readRollups(this.#pool, table, span, filter)) {
        const id = this.#edges.idOf(edge);
        const into = gathered[Math.min(spans.length - 1, Math.floor((at - start) / length))];
        if (id === undefined || into === undefined) continue;
        const kept = into.get(id) ?? emptySums();
        addSums(kept, sums);
        into.set(id, kept);
      }
    };
    // Buckets of 10 s are kept for two hours; before that there are minutes.
    const fine = Math.max(from, this.#now() - tenSecondsKeptMs);
    const closed = Math.min(Math.ceil(fine / 60_000) * 60_000, await readWatermark(this.#pool));
    const border = from >= fine ? from : Math.max(from, Math.min(to, closed));
    await read('telemetry_1m', { from, to: border });
    await read('telemetry_10s', { from: border, to });
  }

  /**
   * The callers' side of each edge, and the callee's only where the caller measured nothing: both sides see the
   * same requests, and none is to be counted twice.
   */
  #chosen(buckets: readonly Map<number, Sums>[]): EdgeCounters[][] {
    const measuredByCaller = new Set<string>();
    for (const sums of buckets) {
      for (const id of sums.keys()) {
        const edge = this.#edges.get(id);
        if (edge?.side === 'outbound') measuredByCaller.add(pairOf(edge));
      }
    }
    return buckets.map((sums) =>
      [...sums].flatMap(([id, counted]) => {
        const edge = this.#edges.get(id);
        if (edge === undefined || (edge.side === 'inbound' && measuredByCaller.has(pairOf(edge)))) return [];
        const { source, destination, version, tls } = edge;
        return [{ source, destination, version, tls, ...countersOf(counted) }];
      }),
    );
  }
}

function pairOf({ source, destination }: Edge): string {
  return `${source} ${destination}`;
}
