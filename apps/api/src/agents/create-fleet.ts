import { randomUUID } from 'node:crypto';
import type { HelloInput, ReportInput } from '@tulle/mesh/agent-protocol';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Notifications } from '../changes/notifications.ts';
import type { LiveBus } from '../live/bus.ts';
import type { FleetRegistry, Lease, MemberListener } from './fleet-registry.ts';
import { Holders } from './holders.ts';
import { type Member, memberOf } from './member.ts';
import { Roster } from './roster.ts';
import { agentChannel, createSessionRows } from './session-rows.ts';
import { createSightings } from './sightings.ts';

const sweepMs = 5_000;
/** Those who left are shown for a while, those who were lost for a day. */
const leftShownMs = 900_000;
const lostShownMs = 86_400_000;
const hourMs = 3_600_000;
/** Afterwards nothing of an agent is kept: its certificates have expired, its counters are in the rollups. */
const keptMs = 30 * 24 * hourMs;

export async function createFleet({
  database,
  notifications,
  live,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma' | 'pool'>;
  notifications: Notifications;
  live: LiveBus;
  logger: Logger;
  now?: () => number;
}): Promise<FleetRegistry> {
  const { prisma } = database;
  const replica = randomUUID();
  const rows = createSessionRows({ prisma, replica });
  const roster = new Roster(now);
  const leases = new Map<string, symbol>();
  const holders = new Holders();
  const endpointListeners = new Set<(service: string) => void>();
  const memberListeners = new Set<MemberListener>();
  const present = new Set<string>();
  const sightings = createSightings({ database, replica, logger, now });

  // Listening comes before loading, so that nobody who joins between the two is missed.
  const stopListening = await notifications.listen(agentChannel, {
    onPayload: (payload) => {
      const [from, id] = payload.split(' ');
      if (from !== replica && id !== undefined) inBackground(refresh([id], { tellOthers: false }));
    },
    onReconnect: () => inBackground(reload()),
  });
  await reload();
  const sweeper = setInterval(sweep, sweepMs);
  sweeper.unref();
  const deleter = setInterval(() => inBackground(deleteOld()), hourMs);
  deleter.unref();

  async function reload(): Promise<void> {
    const since = new Date(now() - lostShownMs);
    const found = await prisma.agent.findMany({
      where: { OR: [{ lastSeenAt: { gt: since } }, { connected: true }, { revokedAt: { gt: since } }] },
    });
    for (const row of found) put(memberOf(row));
  }

  async function refresh(ids: readonly string[], { tellOthers }: { tellOthers: boolean }): Promise<void> {
    if (tellOthers) {
      for (const id of ids)
        await prisma.$executeRaw`SELECT pg_notify(${agentChannel}, ${`${replica} ${id}`})`;
    }
    for (const row of await prisma.agent.findMany({ where: { id: { in: [...ids] } } })) put(memberOf(row));
  }

  function put(member: Member): void {
    const before = roster.get(member.id);
    roster.put(member);
    if (before !== undefined && before.service !== member.service) settle(before.service, before.id);
    settle(member.service, member.id);
    const moved =
      before?.inbound?.host !== member.inbound?.host ||
      before?.inbound?.port !== member.inbound?.port ||
      before?.zone !== member.zone;
    if (present.has(member.id) && (moved || before?.version !== member.version)) tell(member.service);
    for (const listener of memberListeners) listener(member, before);
    if (before === undefined || shownOf(before) !== shownOf(member)) live.publish({ type: 'agents' });
  }

  /** Notices that an agent has come into or gone out of the set of endpoints. */
  function settle(service: string, id: string): void {
    const member = roster.get(id);
    const isNow = member !== undefined && member.service === service && roster.isPresent(member);
    if (isNow === present.has(id)) return;
    if (isNow) present.add(id);
    else present.delete(id);
    tell(service);
  }

  function tell(service: string): void {
    for (const listener of endpointListeners) listener(service);
  }

  function sweep(): void {
    for (const member of roster.all()) {
      settle(member.service, member.id);
      if (member.connected && !leases.has(member.id) && !roster.isPresent(member)) {
        inBackground(writeLost(member));
      }
      if (isForgotten(member)) {
        roster.remove(member);
        present.delete(member.id);
        for (const listener of memberListeners) listener(undefined, member);
      }
    }
    inBackground(readSightingsOfOthers());
  }

  function isForgotten(member: Member): boolean {
    if (member.connected) return false;
    const age = now() - Math.max(member.lastSeenAt, member.leftAt ?? 0, member.revokedAt ?? 0);
    return age > (member.leftAt !== null ? leftShownMs : lostShownMs);
  }

  /** What a replica that died could not write itself. */
  async function writeLost(member: Member): Promise<void> {
    const { count } = await prisma.agent.updateMany({
      where: {
        id: member.id,
        connected: true,
        replica: member.replica,
        lastSeenAt: { lte: new Date(member.lastSeenAt) },
      },
      data: { connected: false },
    });
    if (count > 0) logger.info({ instance: member.instance }, 'an agent has not come back');
    await refresh([member.id], { tellOthers: false });
  }

  async function deleteOld(): Promise<void> {
    await prisma.agent.deleteMany({
      where: { connected: false, lastSeenAt: { lt: new Date(now() - keptMs) } },
    });
  }

  async function readSightingsOfOthers(): Promise<void> {
    const elsewhere = [...roster.all()].filter(({ id, connected }) => connected && !leases.has(id));
    if (elsewhere.length > 0)
      await refresh(
        elsewhere.map(({ id }) => id),
        { tellOthers: false },
      );
  }

  async function connect(agentId: string, hello: HelloInput): Promise<Lease> {
    const lease = { agentId, id: Symbol(hello.instance) };
    const row = await rows.connected(agentId, hello, now());
    leases.set(agentId, lease.id);
    put(memberOf(row));
    return lease;
  }

  async function disconnect(lease: Lease, { goodbye }: { goodbye: boolean }): Promise<void> {
    // A newer connection of the same agent stands for it now.
    if (leases.get(lease.agentId) !== lease.id) return;
    leases.delete(lease.agentId);
    const at = now();
    const before = roster.get(lease.agentId);
    // In memory at once: whoever asks for endpoints next must not wait for the database.
    if (before?.replica === replica) {
      put({ ...before, connected: false, lastSeenAt: at, leftAt: goodbye ? at : null });
    }
    await rows.disconnected(lease.agentId, { at, goodbye });
  }

  function seen(agentId: string, gauges: ReportInput['gauges']): void {
    const member = roster.get(agentId);
    if (member === undefined || !leases.has(agentId)) return;
    // Not `put`: a sighting changes no endpoint, and happens every second for every agent.
    roster.put({ ...member, lastSeenAt: now(), gauges: sightings.note(agentId, gauges) ?? member.gauges });
  }

  function inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => logger.warn({ err: error }, 'could not read or write agents'));
  }

  return {
    replica,
    member: (id) => roster.get(id),
    members: () => roster.all(),
    membersOf: (service) => roster.of(service),
    isPresent: (member) => roster.isPresent(member),
    knows: (service) => !roster.of(service).next().done,
    endpoints: (service) => roster.endpoints(service),
    versionsOf: (service) => roster.versionsOf(service),
    services: () => roster.services(),
    isCaller: (service) => roster.isCaller(service),
    holders: (service) => holders.of(service).size,
    holderIds: (service) => holders.of(service),
    hold: (service, agentId) => holders.hold(service, agentId),
    release: (service, agentId) => holders.release(service, agentId),
    holdsSession: (agentId) => leases.has(agentId),
    connect,
    disconnect,
    seen,
    refresh,
    onEndpoints: (listener) => {
      endpointListeners.add(listener);
      return () => endpointListeners.delete(listener);
    },
    onMember: (listener) => {
      memberListeners.add(listener);
      return () => memberListeners.delete(listener);
    },
    stop: async () => {
      clearInterval(sweeper);
      clearInterval(deleter);
      stopListening();
      await sightings.stop();
    },
  };
}

/** What pages show of an agent beside its gauges, which they ask for by themselves. */
function shownOf({
  service,
  version,
  connected,
  leftAt,
  revokedAt,
  renewAskedAt,
  startedAt,
}: Member): string {
  return JSON.stringify([service, version, connected, leftAt, revokedAt, renewAskedAt, startedAt]);
}
