import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { LiveBus } from '../live/bus.ts';

export type AckState = 'pending' | 'acked' | 'rejected';

export interface AckRow {
  readonly revision: number;
  readonly agentId: string;
  readonly state: AckState;
  readonly reason: string | null;
  readonly latencyMs: number | null;
}

/** What an agent holds after an answer. */
export interface AgentRevision {
  readonly agentId: string;
  readonly revision: number;
  readonly rejectedReason: string | null;
}

/** Answers come in bursts, one an agent: they are written together. */
const gatherMs = 10;
const retryMs = 1_000;
const maxRows = 200_000;

/** Writes down which agents a change concerned and what they answered, without holding up anybody. */
export interface AckLedger {
  put(row: AckRow): void;
  holds(agent: AgentRevision): void;
  /** Resolves whatever was pending of earlier revisions, such as changes made while the agent was away. */
  settleEarlier(agent: AgentRevision): void;
  /** Nobody waits for an agent that is gone. */
  forget(agentId: string): void;
  stop(): Promise<void>;
}

export function createAckLedger({
  database,
  live,
  logger,
}: {
  database: Pick<Database, 'pool'>;
  live: LiveBus;
  logger: Logger;
}): AckLedger {
  const { pool } = database;
  let rows = new Map<string, AckRow>();
  let revisions = new Map<string, AgentRevision>();
  let earlier = new Map<string, AgentRevision>();
  let gone = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let stopped = false;

  function soon(delayMs = gatherMs): void {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      writing ??= write().finally(() => {
        writing = undefined;
        if (rows.size + revisions.size + earlier.size + gone.size > 0) soon();
      });
    }, delayMs);
  }

  function put(row: AckRow): void {
    if (rows.size >= maxRows) rows.delete(rows.keys().next().value ?? '');
    rows.set(`${row.revision} ${row.agentId}`, row);
    soon();
  }

  async function write(): Promise<void> {
    const taken = { rows, revisions, earlier, gone };
    rows = new Map();
    revisions = new Map();
    earlier = new Map();
    gone = new Set();
    try {
      if (taken.earlier.size > 0) await settle([...taken.earlier.values()]);
      if (taken.rows.size > 0) await upsert([...taken.rows.values()]);
      if (taken.revisions.size > 0) await updateAgents([...taken.revisions.values()]);
      if (taken.gone.size > 0) await drop([...taken.gone]);
      publish(taken.rows.values());
    } catch (error) {
      logger.warn({ err: error }, 'could not write acknowledgements, trying again');
      // What has come meanwhile is newer.
      rows = new Map([...taken.rows, ...rows]);
      revisions = new Map([...taken.revisions, ...revisions]);
      earlier = new Map([...taken.earlier, ...earlier]);
      gone = new Set([...taken.gone, ...gone]);
      soon(retryMs);
    }
  }

  function publish(written: Iterable<AckRow>): void {
    const touched = new Set<number>();
    let rejected = false;
    for (const { revision, state } of written) {
      touched.add(revision);
      rejected ||= state === 'rejected';
    }
    for (const revision of touched) live.publish({ type: 'ack', revision });
    if (rejected) live.publish({ type: 'agents' });
  }

  async function upsert(batch: readonly AckRow[]): Promise<void> {
    // A change or an agent may have been deleted meanwhile: the join leaves such rows out.
    await pool.query(
      `INSERT INTO change_ack (revision, "agentId", state, reason, "latencyMs")
       SELECT ack.* FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::float8[])
         AS ack(revision, "agentId", state, reason, "latencyMs")
       JOIN change ON change.revision = ack.revision JOIN agent ON agent.id = ack."agentId"
       ON CONFLICT (revision, "agentId") DO UPDATE
         SET state = excluded.state, reason = excluded.reason, "latencyMs" = excluded."latencyMs"
         WHERE change_ack.state = 'pending'`,
      [
        batch.map(({ revision }) => revision),
        batch.map(({ agentId }) => agentId),
        batch.map(({ state }) => state),
        batch.map(({ reason }) => reason),
        batch.map(({ latencyMs }) => latencyMs),
      ],
    );
  }

  async function settle(batch: readonly AgentRevision[]): Promise<void> {
    await pool.query(
      `UPDATE change_ack SET state = CASE WHEN held.reason IS NULL THEN 'acked' ELSE 'rejected' END,
         reason = held.reason
       FROM unnest($1::uuid[], $2::int[], $3::text[]) AS held(id, revision, reason)
       WHERE change_ack."agentId" = held.id AND change_ack.revision <= held.revision
         AND change_ack.state = 'pending'`,
      [
        batch.map(({ agentId }) => agentId),
        batch.map(({ revision }) => revision),
        batch.map(({ rejectedReason }) => rejectedReason),
      ],
    );
  }

  async function updateAgents(batch: readonly AgentRevision[]): Promise<void> {
    await pool.query(
      `UPDATE agent SET revision = held.revision, "rejectedReason" = held.reason
       FROM unnest($1::uuid[], $2::int[], $3::text[]) AS held(id, revision, reason) WHERE agent.id = held.id`,
      [
        batch.map(({ agentId }) => agentId),
        batch.map(({ revision }) => revision),
        batch.map(({ rejectedReason }) => rejectedReason),
      ],
    );
  }

  async function drop(agentIds: readonly string[]): Promise<void> {
    await pool.query(`DELETE FROM change_ack WHERE "agentId" = ANY($1) AND state = 'pending'`, [agentIds]);
  }

  return {
    put,
    holds: (agent) => {
      revisions.set(agent.agentId, agent);
      soon();
    },
    settleEarlier: (agent) => {
      earlier.set(agent.agentId, agent);
      soon();
    },
    forget: (agentId) => {
      gone.add(agentId);
      soon();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}
