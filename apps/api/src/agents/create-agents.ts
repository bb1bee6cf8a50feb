import type { Database } from '@tulle/prisma/database';
import type { ConfigStore } from '../changes/config-store.ts';
import type { FleetRegistry } from './fleet-registry.ts';
import type { Member } from './member.ts';
import type { Agents, AgentView } from './view.ts';

/** Answers that are still awaited of older changes say nothing of today. */
const recentRevisions = 1_000;

interface Held {
  readonly id: string;
  readonly revision: number;
  readonly rejectedReason: string | null;
  readonly behind: boolean;
}

export interface AgentViews extends Agents {
  of(service: string): Promise<readonly AgentView[]>;
}

export function createAgents({
  database,
  configStore,
  fleet,
}: {
  database: Pick<Database, 'pool'>;
  configStore: ConfigStore;
  fleet: FleetRegistry;
}): AgentViews {
  async function views(members: readonly Member[]): Promise<AgentView[]> {
    const newest = configStore.revision();
    const { rows } = await database.pool.query<Held>(
      `SELECT id, revision, "rejectedReason", EXISTS (
         SELECT 1 FROM change_ack
         WHERE "agentId" = agent.id AND state = 'pending' AND change_ack.revision > $2
       ) AS behind FROM agent WHERE id = ANY($1)`,
      [members.map(({ id }) => id), newest - recentRevisions],
    );
    const held = new Map(rows.map((row) => [row.id, row]));
    return members
      .map((member) => viewOf(member, fleet.isPresent(member), held.get(member.id), newest))
      .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  }

  return {
    list: async () => ({ revision: configStore.revision(), agents: await views([...fleet.members()]) }),
    of: (service) => views([...fleet.membersOf(service)]),
  };
}

function viewOf(member: Member, isPresent: boolean, held: Held | undefined, newest: number): AgentView {
  const connected = member.connected && isPresent;
  // What an agent that is gone last said of its process says nothing of now.
  const gauges = connected ? member.gauges : null;
  return {
    id: member.id,
    instance: member.instance,
    service: member.service,
    version: member.version,
    agentVersion: member.agentVersion,
    host: member.host,
    address: member.inbound === null ? null : addressOf(member.inbound),
    connected,
    lastSeenAt: member.lastSeenAt,
    startedAt: member.startedAt,
    config: configOf(held, newest),
    localHealthy: gauges?.localHealthy ?? true,
    draining: gauges?.draining ?? false,
    leftAt: member.leftAt,
    rssBytes: gauges?.rssBytes ?? null,
    cpuPercent: gauges?.cpuPercent ?? null,
    connections: gauges?.connections ?? null,
    activeRequests: gauges?.activeRequests ?? null,
    revokedAt: member.revokedAt,
  };
}

function addressOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An agent that no later change concerned holds the newest revision: nothing of it is missing there. */
function configOf(held: Held | undefined, newest: number): AgentView['config'] {
  if (held === undefined) return { state: 'behind', revision: 0, reason: null };
  const { revision, rejectedReason: reason, behind } = held;
  if (reason !== null) return { state: 'rejected', revision, reason };
  return behind
    ? { state: 'behind', revision, reason: null }
    : { state: 'in-sync', revision: newest, reason: null };
}
