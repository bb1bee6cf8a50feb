import type pg from 'pg';
import type { Edges } from './edges.ts';
import { insertRollups } from './rollup-rows.ts';
import { addSums, emptySums, requestsOf } from './sums.ts';
import type { Cursor, PendingRow, Snapshot, Track } from './track.ts';
import { shareWatermark } from './watermark.ts';

export const bucketMs = 10_000;

/** The busiest instance of a version in one bucket. */
export interface Peak {
  readonly at: number;
  readonly service: string;
  readonly version: string;
  readonly requests: number;
}

export interface Lost {
  readonly track: Track;
  readonly cursor: Cursor;
}

interface CursorRow {
  readonly agentId: string;
  readonly epoch: string;
  readonly seq: string;
  readonly at: Date;
  readonly series: Buffer;
}

/**
 * Writes counters and what is in the rollups of them in one transaction. A track that somebody else has written
 * meanwhile is left out and returned, with what the database has of it.
 */
export async function writeRollups(
  client: pg.ClientBase,
  edges: Edges,
  work: readonly { readonly track: Track; readonly snapshot: Snapshot }[],
): Promise<{ lost: Lost[]; peaks: Peak[] }> {
  // A minute that is rolled up is closed, and none is being closed while we hold this row.
  const notBefore = await shareWatermark(client);
  // Everywhere in the same order, so that two replicas never wait for each other.
  const sorted = [...work].sort((a, b) => (keyOf(a.track) < keyOf(b.track) ? -1 : 1));
  const won = await writeCursors(client, sorted);
  const winners = sorted.filter(({ track }) => won.has(keyOf(track)));
  const losers = sorted.filter(({ track }) => !won.has(keyOf(track)));
  const rows = merge(winners.flatMap(({ snapshot }) => snapshot.rows));
  await insertRollups(
    client,
    'telemetry_10s',
    rows.flatMap(({ at, edge: id, sums }) => {
      const edge = edges.get(id);
      return edge === undefined ? [] : [{ at, edge, sums }];
    }),
    notBefore,
  );
  const peaks = peaksOf(
    edges,
    winners.map(({ snapshot }) => snapshot.rows),
  );
  await insertPeaks(client, peaks);
  return {
    lost: await readLost(
      client,
      losers.map(({ track }) => track),
    ),
    peaks,
  };
}

function keyOf({ agentId, epoch }: { agentId: string; epoch: string }): string {
  return `${agentId} ${epoch}`;
}

async function writeCursors(
  client: pg.ClientBase,
  work: readonly { readonly track: Track; readonly snapshot: Snapshot }[],
): Promise<Set<string>> {
  // An agent that was deleted meanwhile has nobody to count for.
  const { rows } = await client.query<{ agentId: string; epoch: string }>(
    `INSERT INTO telemetry_cursor AS held ("agentId", epoch, seq, "baseSeq", at, series)
     SELECT given.* FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::bytea[])
       AS given("agentId", epoch, seq, "baseSeq", at, series) JOIN agent ON agent.id = given."agentId"
     ON CONFLICT ("agentId", epoch) DO UPDATE
       SET seq = excluded.seq, "baseSeq" = excluded."baseSeq", at = excluded.at, series = excluded.series
       WHERE held.seq = excluded."baseSeq"
     RETURNING "agentId", epoch`,
    [
      work.map(({ track }) => track.agentId),
      work.map(({ track }) => track.epoch),
      work.map(({ snapshot }) => snapshot.seq),
      work.map(({ snapshot }) => snapshot.baseSeq),
      work.map(({ snapshot }) => new Date(snapshot.at)),
      work.map(({ snapshot }) => snapshot.series),
    ],
  );
  return new Set(rows.map(keyOf));
}

async function readLost(client: pg.ClientBase, tracks: readonly Track[]): Promise<Lost[]> {
  if (tracks.length === 0) return [];
  const { rows } = await client.query<CursorRow>(
    `SELECT "agentId", epoch, seq, at, series FROM telemetry_cursor
     JOIN unnest($1::uuid[], $2::text[]) AS asked(id, run) ON "agentId" = asked.id AND epoch = asked.run`,
    [tracks.map(({ agentId }) => agentId), tracks.map(({ epoch }) => epoch)],
  );
  const cursors = new Map(rows.map((row) => [keyOf(row), cursorOf(row)]));
  return tracks.flatMap((track) => {
    const cursor = cursors.get(keyOf(track));
    return cursor === undefined ? [] : [{ track, cursor }];
  });
}

export async function readCursor(
  client: pg.ClientBase | pg.Pool,
  agentId: string,
  epoch: string,
): Promise<Cursor | undefined> {
  const { rows } = await client.query<CursorRow>(
    `SELECT "agentId", epoch, seq, at, series FROM telemetry_cursor WHERE "agentId" = $1 AND epoch = $2`,
    [agentId, epoch],
  );
  return rows[0] && cursorOf(rows[0]);
}

function cursorOf({ seq, at, series }: CursorRow): Cursor {
  return { seq: Number(seq), at: at.getTime(), series };
}

/** One row for each bucket and edge, whatever number of agents counted for it. */
function merge(rows: readonly PendingRow[]): PendingRow[] {
  const merged = new Map<string, PendingRow>();
  for (const row of rows) {
    const key = `${row.at} ${row.edge}`;
    let into = merged.get(key);
    if (into === undefined) {
      into = { at: row.at, edge: row.edge, sums: emptySums() };
      merged.set(key, into);
    }
    addSums(into.sums, row.sums);
  }
  return [...merged.values()];
}

/** Each list of rows is of one instance: what it served of each version and bucket, and of those the most. */
function peaksOf(edges: Edges, instances: readonly (readonly PendingRow[])[]): Peak[] {
  const peaks = new Map<string, Peak>();
  for (const rows of instances) {
    const served = new Map<string, Peak>();
    for (const { at, edge, sums } of rows) {
      const of = edges.get(edge);
      if (of?.side !== 'inbound') continue;
      const { destination: service, version } = of;
      const key = `${at} ${service} ${version}`;
      const before = served.get(key)?.requests ?? 0;
      served.set(key, { at, service, version, requests: before + requestsOf(sums) });
    }
    for (const [key, peak] of served) {
      if (peak.requests > (peaks.get(key)?.requests ?? 0)) peaks.set(key, peak);
    }
  }
  return [...peaks.values()];
}

async function insertPeaks(client: pg.ClientBase, peaks: readonly Peak[]): Promise<void> {
  if (peaks.length === 0) return;
  await client.query(
    `INSERT INTO telemetry_peak (at, service, version, requests)
     SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[])`,
    [
      peaks.map(({ at }) => new Date(at)),
      peaks.map(({ service }) => service),
      peaks.map(({ version }) => version),
      peaks.map(({ requests }) => requests),
    ],
  );
}
