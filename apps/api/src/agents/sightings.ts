import type { ReportInput } from '@tulle/mesh/agent-protocol';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { StoredGauges } from './member.ts';

const writeEveryMs = 10_000;

interface Sighting {
  at: number;
  cpuMs: number;
  gauges: StoredGauges | null;
  /** Not written yet. */
  dirty: boolean;
}

/** Remembers when agents were seen and how they fare, and writes it down for all of them at once now and then. */
export function createSightings({
  database,
  replica,
  logger,
  now,
}: {
  database: Pick<Database, 'pool'>;
  replica: string;
  logger: Logger;
  now: () => number;
}) {
  const sightings = new Map<string, Sighting>();
  const timer = setInterval(() => void write(), writeEveryMs);
  timer.unref();

  /** Returns the gauges as they are stored; null when none were ever sent. */
  function note(agentId: string, gauges: ReportInput['gauges']): StoredGauges | null {
    const before = sightings.get(agentId);
    const at = now();
    if (gauges === undefined) {
      sightings.set(agentId, { at, cpuMs: before?.cpuMs ?? 0, gauges: before?.gauges ?? null, dirty: true });
      return before?.gauges ?? null;
    }
    const { cpuMs, standings, ...rest } = gauges;
    const spanMs = before === undefined ? 0 : at - before.at;
    const usedMs = before === undefined ? 0 : cpuMs - before.cpuMs;
    // A process that has started anew counts from zero again.
    const cpuPercent = spanMs > 0 && usedMs >= 0 ? Math.round((usedMs / spanMs) * 1_000) / 10 : null;
    const untilOf = (forMs: number | undefined) => (forMs === undefined ? null : Math.round(at + forMs));
    const stored = {
      ...rest,
      cpuPercent,
      standings: (standings ?? []).map(({ forMs, ...standing }) => ({ ...standing, until: untilOf(forMs) })),
    };
    sightings.set(agentId, { at, cpuMs, gauges: stored, dirty: true });
    return stored;
  }

  async function write(): Promise<void> {
    const dirty = [...sightings].filter(([, sighting]) => sighting.dirty);
    if (dirty.length === 0) return;
    for (const [, sighting] of dirty) sighting.dirty = false;
    try {
      await database.pool.query(
        `UPDATE agent SET "lastSeenAt" = seen.at, gauges = coalesce(seen.gauges, agent.gauges)
         FROM unnest($1::uuid[], $2::timestamptz[], $3::jsonb[]) AS seen(id, at, gauges)
         WHERE agent.id = seen.id AND agent.replica = $4`,
        [
          dirty.map(([id]) => id),
          dirty.map(([, { at }]) => new Date(at)),
          dirty.map(([, { gauges }]) => (gauges === null ? null : JSON.stringify(gauges))),
          replica,
        ],
      );
    } catch (error) {
      // The next round writes newer ones.
      logger.warn({ err: error }, 'could not write down when agents were seen');
    }
    forgetOld();
  }

  function forgetOld(): void {
    for (const [id, { at }] of sightings) if (now() - at > 10 * writeEveryMs) sightings.delete(id);
  }

  return {
    note,
    stop: async () => {
      clearInterval(timer);
      await write();
    },
  };
}
