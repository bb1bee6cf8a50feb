import type { ReportInput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Edges, edgeKey } from './edges.ts';
import { addSums, emptySums, type Sums } from './sums.ts';
import { type Cursor, type Snapshot, Track } from './track.ts';

const limits = { service: 'shop', maxSeries: 10, now: 0 };
const bucketMs = 10_000;
const none = { orders: 0, ads: 0 };

function series(destination: string, ok: number, over: Partial<SeriesCounters> = {}): SeriesCounters {
  return {
    ...{ side: 'outbound', source: 'shop', destination, version: 'v1', tls: true },
    ...{ requests: ok, ok, clientErrors: 0, serverErrors: 0, meshErrors: 0, meshErrorCodes: {}, retries: 0 },
    ...{ bytesSent: 10 * ok, bytesReceived: 0 },
    latency: { offset: 3, counts: [ok], zero: 0, sum: ok },
    ...over,
  };
}

function report(seq: number, ...all: SeriesCounters[]): ReportInput {
  return { epoch: 'e', seq, at: 0, series: all };
}

/** A table of rollups and a cursor, written in one transaction as the writer does it. */
class Database {
  cursor: Cursor | undefined;
  readonly totals = new Map<string, Sums>();

  /** The cursor of whoever was faster, and then nothing is written. */
  write(snapshot: Snapshot, edges: Edges): Cursor | undefined {
    if ((this.cursor?.seq ?? -1) !== snapshot.baseSeq) return this.cursor;
    for (const { edge, sums } of snapshot.rows) {
      const known = edges.get(edge);
      if (known === undefined) throw new Error('a row without an edge');
      const total = this.totals.get(edgeKey(known)) ?? emptySums();
      addSums(total, sums);
      this.totals.set(edgeKey(known), total);
    }
    this.cursor = { seq: snapshot.seq, at: snapshot.at, series: snapshot.series };
    return undefined;
  }

  requests(): { orders: number; ads: number } {
    const of = (name: string) => this.totals.get(`ot shop ${name} v1`)?.ok ?? 0;
    return { orders: of('orders'), ads: of('ads') };
  }
}

/** A replica of the API with the database it writes to; `restart` is a kill -9. */
class Replica {
  readonly edges = new Edges();
  readonly #database: Database;
  track: Track;

  constructor(database: Database) {
    this.#database = database;
    this.track = this.#read();
  }

  restart(): void {
    this.track = this.#read();
  }

  #read(): Track {
    return new Track('a', 'e', this.edges, this.#database.cursor, 0);
  }

  take(input: ReportInput): void {
    for (const increase of this.track.take(input, limits)?.increases ?? [])
      this.track.note(Math.floor(input.seq / 3) * bucketMs, increase);
  }

  /** `during` arrives between what is handed out and the database's answer. */
  flush(answer: 'heard' | 'refused' | 'lost', during?: ReportInput): void {
    if (!this.track.isDirty) return;
    const snapshot = this.track.snapshot();
    if (during !== undefined) this.take(during);
    const winner = answer === 'refused' ? undefined : this.#database.write(snapshot, this.edges);
    if (answer !== 'heard') this.track.restore(snapshot);
    else if (winner === undefined) this.track.written(snapshot);
    else this.track.rebase(winner, 0);
  }
}

const replica = fc.nat({ max: 1 });
// Rarely an ad, so that one replica has often not heard of that series yet.
const more = { orders: fc.nat(5), ads: fc.constantFrom(0, 0, 0, 0, 0, 1) };
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('report'), replica, ...more }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('repeat'), replica, back: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ type: fc.constant('flush'), replica, answer: fc.constantFrom('heard', 'refused', 'lost') },
      during: fc.option(fc.record(more), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart'), replica }) },
);

/** An agent that reports all its series each time, and one only once it has counted something. */
class Agent {
  readonly counted = { orders: 0, ads: 0 };
  readonly sent: ReportInput[] = [];

  report(added: { orders: number; ads: number }): ReportInput {
    this.counted.orders += added.orders;
    this.counted.ads += added.ads;
    const input = report(
      this.sent.length,
      ...Object.entries(this.counted).flatMap(([name, ok]) => (ok > 0 ? [series(name, ok)] : [])),
    );
    this.sent.push(input);
    return input;
  }
}

test('two replicas that crash, lose answers and hear reports again count every request once', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), replica, (happenings, last) => {
      const database = new Database();
      const replicas = [new Replica(database), new Replica(database)] as const;
      const agent = new Agent();
      for (const event of happenings) {
        const one = event.replica === 0 ? replicas[0] : replicas[1];
        if (event.type === 'report') one.take(agent.report(event));
        else if (event.type === 'repeat') one.take(agent.sent.at(-1 - event.back) ?? agent.report(none));
        else if (event.type === 'flush') one.flush(event.answer, event.during && agent.report(event.during));
        else one.restart();

        const { orders, ads } = database.requests();
        expect(orders).toBeLessThanOrEqual(agent.counted.orders);
        expect(ads).toBeLessThanOrEqual(agent.counted.ads);
        if (one.track.isDurable && one.track.seq === agent.sent.length - 1)
          expect({ orders, ads }).toEqual(agent.counted);
      }
      const one = last === 0 ? replicas[0] : replicas[1];
      one.take(agent.report(none));
      // The first may find that the other was faster.
      one.flush('heard');
      one.flush('heard');
      expect(database.requests()).toEqual(agent.counted);
      expect(one.track.isDurable).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a report taken before is told as such; one that another replica wrote as well', () => {
  const edges = new Edges();
  const track = new Track('a', 'e', edges, undefined, 0);
  const first = report(0, series('orders', 5));
  expect(track.take(first, limits)).toBeDefined();
  expect(track.take(first, limits)).toBeUndefined();

  const other = new Track('a', 'e', edges, undefined, 0);
  other.take(report(7, series('orders', 9)), { ...limits, now: 1_000 });
  const cursor = other.snapshot();
  track.rebase(cursor, 0);
  expect([track.seq, track.isDurable, track.isDirty]).toEqual([7, true, false]);
  expect(track.take(report(3, series('orders', 7)), limits)).toBeUndefined();
  // A minute counts from what the other wrote.
  track.take(report(8, series('orders', 9)), { ...limits, now: 60_999 });
  expect(track.isDirty).toBe(false);
  expect(new Track('a', 'e', edges, cursor, 0)).toMatchObject({ isDurable: true, isDirty: false });
});

test('a series that only another replica has written is not counted again', () => {
  const edges = new Edges();
  const track = new Track('a', 'e', edges, undefined, 0);
  const other = new Track('a', 'e', edges, undefined, 0);
  other.take(report(0, series('ads', 5)), limits);
  track.rebase(other.snapshot(), 0);
  expect(track.take(report(1, series('ads', 6)), limits)?.increases).toMatchObject([{ sums: { ok: 1 } }]);
});

test('what is noted is not changed by what is noted after it', () => {
  const track = new Track('a', 'e', new Edges(), undefined, 0);
  const noted = [5, 8].flatMap(
    (ok, seq) => track.take(report(seq, series('orders', ok)), limits)?.increases ?? [],
  );
  for (const increase of noted) track.note(0, increase);
  expect(noted).toMatchObject([{ sums: { ok: 5 } }, { sums: { ok: 3 } }]);
});

test('a report that is refused is refused whole', () => {
  const edges = new Edges();
  const track = new Track('a', 'e', edges, undefined, 0);
  const foreign = report(0, series('orders', 5), series('shop', 5, { source: 'ads' }));
  expect(() => track.take(foreign, limits)).toThrow('An agent of shop cannot report traffic of ads.');
  const unsound = report(0, series('orders', 5), series('a b', 5));
  expect(() => track.take(unsound, limits)).toThrow('letters, digits');
  const many = report(0, ...Array.from({ length: 11 }, (_, one) => series(`s${one}`, 1)));
  expect(() => track.take(many, limits)).toThrow('more than 10 series');
  expect(track.seq).toBe(-1);
  expect(track.take(report(0, series('orders', 5)), limits)?.increases).toMatchObject([{ sums: { ok: 5 } }]);
});

test('counters that have shrunk are left alone and named, the others count', () => {
  const track = new Track('a', 'e', new Edges(), undefined, 0);
  track.take(report(0, series('orders', 5), series('ads', 5)), limits);
  const taken = track.take(report(1, series('orders', 4), series('ads', 7)), limits);
  expect(taken?.shrunk).toEqual(['ot shop orders v1']);
  expect(taken?.increases).toMatchObject([{ sums: { ok: 2 } }]);
  expect(track.take(report(2, series('orders', 6)), limits)?.increases).toMatchObject([{ sums: { ok: 1 } }]);
});

test('reports without news are durable at once, and written once a minute', () => {
  const track = new Track('a', 'e', new Edges(), undefined, 0);
  track.take(report(0, series('orders', 0)), { ...limits, now: 1_000 });
  expect([track.isDurable, track.isDirty]).toEqual([true, false]);
  track.take(report(1, series('orders', 0)), { ...limits, now: 60_000 });
  expect([track.isDurable, track.isDirty]).toEqual([true, true]);
  track.written(track.snapshot());
  expect(track.isDirty).toBe(false);
});

test('while nothing can be written the oldest buckets become one, and nothing is lost', () => {
  const edges = new Edges();
  const track = new Track('a', 'e', edges, undefined, 0);
  for (let seq = 0; seq < 100; seq++) {
    const [increase] = track.take(report(seq, series('orders', seq + 1)), limits)?.increases ?? [];
    if (increase !== undefined) track.note(seq * bucketMs, increase);
  }
  const { rows } = track.snapshot();
  expect(rows).toHaveLength(60);
  expect(rows.reduce((sum, { sums }) => sum + sums.ok, 0)).toBe(100);
  expect(Math.min(...rows.map(({ at }) => at))).toBe(40 * bucketMs);
});
