import { MeshError } from '@tulle/mesh/errors';
import { reweighted } from '@tulle/mesh/traffic-split';
import type { Database } from '@tulle/prisma/database';
import type { Fleet } from '../agents/fleet.ts';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { knownServices } from '../changes/known-services.ts';
import { lastChanges, usualAckMs } from '../changes/last-changes.ts';
import { activeRollouts } from '../rollouts/active-rollouts.ts';
import { measuredMs } from '../telemetry/measured-span.ts';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import { versionShares } from './version-shares.ts';
import type { TrafficSplits } from './view.ts';

/** From the commit of a split until every agent sends by it. */
const settleMs = 1_000;
const minObservedMs = 3_000;

export function createTrafficSplits({
  database,
  configStore,
  fleet,
  telemetry,
  applyChange,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  configStore: ConfigStore;
  fleet: Fleet;
  telemetry: TelemetryStore;
  applyChange: ApplyChange;
  now?: () => number;
}): TrafficSplits {
  const { prisma } = database;

  const shares = (service: string, edges: readonly EdgeCounters[], spanMs: number) =>
    versionShares(
      configStore.resource('TrafficSplit', service),
      runningVersions(service, configStore, fleet),
      edges,
      spanMs,
    );

  return {
    list: async ({ windowMs }) => {
      const to = now();
      const [edges, changes, owners] = await Promise.all([
        telemetry.edges({ from: to - windowMs, to }),
        lastChanges(prisma, 'TrafficSplit'),
        activeRollouts(prisma),
      ]);
      const spanMs = measuredMs(telemetry, windowMs, to);
      const byDestination = Map.groupBy(edges, ({ destination }) => destination);
      return [...knownServices(configStore, fleet)].sort().flatMap((service) => {
        const served = byDestination.get(service) ?? [];
        const versions = shares(service, served, spanMs);
        // Pure callers serve nothing, so there is nothing to split.
        if (versions.length === 0 || fleet.isCaller(service)) return [];
        const owner = owners.get(service);
        return {
          service,
          versions,
          rate: rateOf(served, spanMs),
          changed: changes.get(service) ?? null,
          rollout: owner ? { id: owner.id, phase: owner.phase } : null,
        };
      });
    },

    get: async ({ windowMs, service }) => {
      if (!knownServices(configStore, fleet).has(service)) {
        throw new MeshError('unknown_service', `The mesh has no service ${service}.`);
      }
      // Read before anything else: an edit based on it must not miss what happens while we look.
      const revision = configStore.revision();
      const to = now();
      const changed = (await lastChanges(prisma, 'TrafficSplit')).get(service);
      // What was observed before the last change says nothing of what is set now.
      const settledAt = Math.min((changed?.at ?? 0) + settleMs, to - minObservedMs);
      const from = Math.max(to - windowMs, settledAt);
      const [edges, owners, usualMs] = await Promise.all([
        telemetry.edges({ from, to }, { destination: service }),
        activeRollouts(prisma, [service]),
        usualAckMs(prisma),
      ]);
      const spanMs = measuredMs(telemetry, to - from, to);
      const highest = telemetry.maxInstanceRate(service);
      const owner = owners.get(service);
      return {
        service,
        revision,
        versions: shares(service, edges, spanMs).map((share) => ({
          ...share,
          maxInstanceRate: highest.get(share.version) ?? 0,
        })),
        sticky: configStore.resource('TrafficSplit', service)?.sticky ?? null,
        rate: rateOf(edges, spanMs),
        callers: [...new Set(edges.map(({ source }) => source))].sort(),
        agents: fleet.holders(service),
        usualMs,
        rollout: owner ? { id: owner.id, phase: owner.phase } : null,
      };
    },

    update: async (person, { service, baseRevision, weights, sticky, reason }) => {
      const { revision, changed, agents } = await applyChange({
        author: person,
        source: person.via,
        reason,
        baseRevision,
        edit: (current) => ({
          upserts: [reweighted(current.find('TrafficSplit', service), service, weights, sticky)],
        }),
      });
      return { revision, changed, agents };
    },
  };
}

/** Versions of instances, and those of static endpoints, which have no agent. */
function runningVersions(
  service: string,
  configStore: ConfigStore,
  fleet: Fleet,
): ReturnType<Fleet['versionsOf']> {
  const counts = new Map(fleet.versionsOf(service).map(({ version, instances }) => [version, instances]));
  for (const { version } of configStore.resource('Service', service)?.endpoints ?? []) {
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return [...counts].map(([version, instances]) => ({ version, instances }));
}

function rateOf(edges: readonly EdgeCounters[], spanMs: number): number {
  return edges.reduce((total, { requests }) => total + requests, 0) / (spanMs / 1_000);
}
