import type pg from 'pg';
import { z } from 'zod';
import type { Edge } from './edges.ts';
import { Packer, Unpacker } from './packing.ts';
import { emptySums, type Sums } from './sums.ts';

export type RollupTable = 'telemetry_10s' | 'telemetry_1m';

export interface RollupRow {
  readonly at: number;
  readonly edge: Edge;
  readonly sums: Sums;
}

interface StoredRow {
  readonly at: Date;
  readonly side: number;
  readonly source: string;
  readonly destination: string;
  readonly version: string;
  readonly tls: boolean;
  readonly ok: string;
  readonly clientErrors: string;
  readonly serverErrors: string;
  readonly meshErrors: string;
  readonly meshErrorCodes: unknown;
  readonly retries: string;
  readonly bytesSent: string;
  readonly bytesReceived: string;
  readonly latency: Buffer;
}

const codesSchema = z.record(z.string(), z.number());

/** Rows of a span, in no order; several may speak of the same bucket and edge. */
export async function readRollups(
  client: pg.ClientBase | pg.Pool,
  table: RollupTable,
  { from, to }: { from: number; to: number },
  { source, destination }: { source?: string | undefined; destination?: string | undefined } = {},
): Promise<RollupRow[]> {
  const { rows } = await client.query<StoredRow>(
    `SELECT * FROM ${table} WHERE at >= $1 AND at < $2
       AND ($3::text IS NULL OR source = $3) AND ($4::text IS NULL OR destination = $4)`,
    [new Date(from), new Date(to), source ?? null, destination ?? null],
  );
  return rows.map((row) => ({ at: row.at.getTime(), edge: edgeOf(row), sums: sumsOfRow(row) }));
}

function edgeOf({ side, source, destination, version, tls }: StoredRow): Edge {
  return { side: side === 1 ? 'inbound' : 'outbound', source, destination, version, tls };
}

function sumsOfRow(row: StoredRow): Sums {
  const sums = emptySums();
  sums.ok = Number(row.ok);
  sums.clientErrors = Number(row.clientErrors);
  sums.serverErrors = Number(row.serverErrors);
  sums.meshErrors = Number(row.meshErrors);
  sums.retries = Number(row.retries);
  sums.bytesSent = Number(row.bytesSent);
  sums.bytesReceived = Number(row.bytesReceived);
  if (row.meshErrorCodes !== null) {
    sums.codes = new Map(Object.entries(codesSchema.parse(row.meshErrorCodes)));
  }
  new Unpacker(row.latency).latency(sums);
  return sums;
}

/** Adds rows; what falls before `notBefore` counts for it, since the minutes before are closed. */
export async function insertRollups(
  client: pg.ClientBase,
  table: RollupTable,
  rows: readonly RollupRow[],
  notBefore: number,
): Promise<void> {
  if (rows.length === 0) return;
  const packer = new Packer();
  const column = <T>(value: (sums: Sums) => T) => rows.map(({ sums }) => value(sums));
  await client.query(
    `INSERT INTO ${table} (at, side, source, destination, version, tls, ok, "clientErrors", "serverErrors",
       "meshErrors", "meshErrorCodes", retries, "bytesSent", "bytesReceived", latency)
     SELECT * FROM unnest($1::timestamptz[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::bool[],
       $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::jsonb[], $12::bigint[], $13::bigint[],
       $14::bigint[], $15::bytea[])`,
    [
      rows.map(({ at }) => new Date(Math.max(at, notBefore))),
      rows.map(({ edge }) => (edge.side === 'inbound' ? 1 : 0)),
      rows.map(({ edge }) => edge.source),
      rows.map(({ edge }) => edge.destination),
      rows.map(({ edge }) => edge.version),
      rows.map(({ edge }) => edge.tls),
      column(({ ok }) => ok),
      column(({ clientErrors }) => clientErrors),
      column(({ serverErrors }) => serverErrors),
      column(({ meshErrors }) => meshErrors),
      column(({ codes }) => (codes === undefined ? null : JSON.stringify(Object.fromEntries(codes)))),
      column(({ retries }) => retries),
      column(({ bytesSent }) => bytesSent),
      column(({ bytesReceived }) => bytesReceived),
      column((sums) => {
        packer.latency(sums);
        return packer.take();
      }),
    ],
  );
}
