import { servicesGoverned } from '@tulle/mesh/access-rule';
import type { MeshView } from '@tulle/mesh/service-view';
import type { Logger } from 'pino';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { Member } from '../agents/member.ts';
import type { Revocations } from '../certificates/revocations.ts';
import type { CommittedChange, ConfigStore } from '../changes/config-store.ts';
import type { Identity } from '../identity/identity.ts';
import type { AckLedger } from './ack-ledger.ts';
import { type CompiledViews, createCompiledViews, meshResource, resourceName } from './compiled-views.ts';
import { ConfigSession, type SessionAnswer } from './config-session.ts';

/** Instances that come and go in a burst are told together; a person's change never waits. */
const gatherMs = 20;
/** So many agents report every second; more report less often, up to every ten seconds. */
const agentsPerSecond = 100;
const maxReportIntervalMs = 10_000;

export interface Distribution {
  /** A connection of this agent, which takes the place of an older one. */
  open(member: Member): ConfigSession;
  close(agentId: string, session: ConfigSession): void;
  reportIntervalMs(): number;
  /** Asks the agent for a renewal of its certificate, if it is connected here. */
  askToRenew(agentId: string): void;
  /** Sessions now, and pushes since the start, for the API's own metrics. */
  stats(): {
    readonly sessions: number;
    readonly pushes: number;
    readonly acks: number;
    readonly nacks: number;
  };
  stop(): void;
}

export function createDistribution({
  configStore,
  fleet,
  identity,
  revocations,
  ledger,
  logger,
  now = Date.now,
}: {
  configStore: ConfigStore;
  fleet: FleetRegistry;
  identity: Pick<Identity, 'trustDomain' | 'trustBundlePem' | 'onRoots'>;
  revocations: Revocations;
  ledger: AckLedger;
  logger: Logger;
  now?: () => number;
}): Distribution {
  const sessions = new Map<string, ConfigSession>();
  const views: CompiledViews = createCompiledViews({ configStore, fleet, meshView });
  const changedEndpoints = new Set<string>();
  const counts = { pushes: 0, acks: 0, nacks: 0 };
  let intervalMs = 1_000;
  let gathering: NodeJS.Timeout | undefined;

  const stops = [
    configStore.onChange(onChange),
    fleet.onEndpoints((service) => {
      changedEndpoints.add(service);
      gathering ??= setTimeout(tellEndpoints, gatherMs);
    }),
    fleet.onMember(onMember),
    revocations.onChange(tellMesh),
    identity.onRoots(tellMesh),
  ];

  function meshView(): MeshView {
    return {
      trustDomain: identity.trustDomain,
      trustBundlePem: identity.trustBundlePem,
      revokedSerials: [...revocations.serials()],
      reportIntervalMs: intervalMs,
    };
  }

  function onChange({ revision, services, committedAt }: CommittedChange): void {
    const hasOwnRule = (service: string) => configStore.resource('AccessRule', service) !== undefined;
    const governed = servicesGoverned(services, views.services(), hasOwnRule);
    const differing = new Set(governed.filter((service) => views.invalidate(resourceName(service))));
    const waiting = new Set<string>();
    for (const service of differing) {
      for (const agentId of fleet.holderIds(service)) {
        waiting.add(agentId);
        ledger.put({ revision, agentId, state: 'pending', reason: null, latencyMs: null });
        sessions.get(agentId)?.touch(resourceName(service), { revision, committedAt });
      }
    }
    for (const service of governed.filter((one) => !differing.has(one))) {
      for (const agentId of fleet.holderIds(service)) {
        // Its description changed, say: nothing for agents to do, and so they have it; unless another view waits.
        if (waiting.has(agentId)) continue;
        ledger.put({ revision, agentId, state: 'acked', reason: null, latencyMs: now() - committedAt });
      }
    }
  }

  function tellEndpoints(): void {
    gathering = undefined;
    for (const service of changedEndpoints) {
      const name = resourceName(service);
      if (!views.invalidate(name)) continue;
      for (const agentId of fleet.holderIds(service)) sessions.get(agentId)?.touch(name);
    }
    changedEndpoints.clear();
  }

  function tellMesh(): void {
    if (!views.invalidate(meshResource)) return;
    for (const session of sessions.values()) session.touch(meshResource);
  }

  function onMember(after: Member | undefined, before: Member | undefined): void {
    if (after === undefined) return;
    if (after.renewAskedAt !== null && after.renewAskedAt !== before?.renewAskedAt && before !== undefined) {
      sessions.get(after.id)?.askToRenew();
    }
    const isGone = after.leftAt !== null || after.revokedAt !== null;
    if (isGone && !sessions.has(after.id)) ledger.forget(after.id);
  }

  function open(member: Member): ConfigSession {
    const { id, service } = member;
    // First of all: the older session must not release what the new one holds.
    sessions.get(id)?.close();
    const session: ConfigSession = new ConfigSession(
      {
        views,
        revision: () => configStore.revision(),
        hold: (name) => fleet.hold(name, id),
        release: (name) => {
          const current = sessions.get(id);
          if (current === undefined || current === session) fleet.release(name, id);
        },
        pushed: () => {
          counts.pushes++;
        },
        answered: (answer) => answered(member, answer),
        now,
      },
      service,
    );
    sessions.set(id, session);
    adjustInterval();
    return session;
  }

  function close(agentId: string, session: ConfigSession): void {
    session.close();
    if (sessions.get(agentId) === session) sessions.delete(agentId);
    adjustInterval();
  }

  function adjustInterval(): void {
    const seconds = Math.ceil(sessions.size / agentsPerSecond);
    const wanted = Math.min(maxReportIntervalMs, Math.max(1, seconds) * 1_000);
    if (wanted === intervalMs) return;
    intervalMs = wanted;
    tellMesh();
  }

  function answered(member: Member, { revision, rejected, settled, first }: SessionAnswer): void {
    const rejectedReason =
      rejected.length === 0 ? null : rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    if (rejectedReason === null) counts.acks++;
    else {
      counts.nacks++;
      logger.warn({ instance: member.instance, revision, rejected }, 'an agent refused a configuration');
    }
    const held = { agentId: member.id, revision, rejectedReason };
    if (first) ledger.settleEarlier(held);
    for (const { revision: settledRevision, latencyMs, names } of settled) {
      const refused = rejected.filter(({ name }) => names.includes(name));
      const reason = refused.map((one) => one.reason).join('; ') || null;
      ledger.put({
        revision: settledRevision,
        agentId: member.id,
        state: refused.length === 0 ? 'acked' : 'rejected',
        reason,
        latencyMs,
      });
    }
    ledger.holds(held);
  }

  return {
    open,
    close,
    reportIntervalMs: () => intervalMs,
    askToRenew: (agentId) => sessions.get(agentId)?.askToRenew(),
    stats: () => ({ sessions: sessions.size, ...counts }),
    stop: () => {
      for (const stop of stops) stop();
      clearTimeout(gathering);
      for (const session of sessions.values()) session.close();
    },
  };
}
