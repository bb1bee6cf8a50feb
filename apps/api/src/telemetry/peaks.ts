import type pg from 'pg';
import { bucketMs, type Peak } from './rollup-writer.ts';

const keptMs = 3_600_000;

/** The most that one instance of each version served in each bucket of 10 s of the last hour. */
export class Peaks {
  /** Service -> version -> start of bucket -> requests. */
  readonly #services = new Map<string, Map<string, Map<number, number>>>();

  add(peaks: readonly Peak[]): void {
    for (const { at, service, version, requests } of peaks) {
      const versions = this.#services.get(service) ?? new Map<string, Map<number, number>>();
      const buckets = versions.get(version) ?? new Map<number, number>();
      buckets.set(at, Math.max(requests, buckets.get(at) ?? 0));
      this.#services.set(service, versions.set(version, buckets));
    }
  }

  /** Version -> requests per second. */
  of(service: string): ReadonlyMap<string, number> {
    const rates = new Map<string, number>();
    for (const [version, buckets] of this.#services.get(service) ?? []) {
      rates.set(version, Math.max(0, ...buckets.values()) / (bucketMs / 1_000));
    }
    return rates;
  }

  tidy(now: number): void {
    for (const [service, versions] of this.#services) {
      for (const [version, buckets] of versions) {
        for (const at of buckets.keys()) if (at < now - keptMs) buckets.delete(at);
        if (buckets.size === 0) versions.delete(version);
      }
      if (versions.size === 0) this.#services.delete(service);
    }
  }

  async load(pool: pg.Pool, now: number): Promise<void> {
    const { rows } = await pool.query<{ at: Date; service: string; version: string; requests: string }>(
      'SELECT at, service, version, requests FROM telemetry_peak WHERE at >= $1',
      [new Date(now - keptMs)],
    );
    this.add(rows.map((row) => ({ ...row, at: row.at.getTime(), requests: Number(row.requests) })));
  }
}

export async function deleteOldPeaks(pool: pg.Pool, now: number): Promise<void> {
  await pool.query('DELETE FROM telemetry_peak WHERE at < $1', [new Date(now - 2 * keptMs)]);
}
