import { type AccessRule, admits, allowInForce, everyone } from '@tulle/mesh/access-rule';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Fleet } from '../agents/fleet.ts';
import type { ApplyChange, GateFleet } from '../changes/apply-change.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { knownServices } from '../changes/known-services.ts';
import { lastChanges, usualAckMs } from '../changes/last-changes.ts';
import type { LastChange } from '../changes/view.ts';
import { measuredMs } from '../telemetry/measured-span.ts';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import type { Access, AccessCaller, AccessRow, DeclaredAccess } from './view.ts';

/** Who may call which service: what is declared, what holds, and who calls. */
export function createAccess({
  database,
  configStore,
  fleet,
  telemetry,
  applyChange,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  configStore: ConfigStore;
  fleet: Fleet & Pick<GateFleet, 'holderIds'>;
  telemetry: TelemetryStore;
  applyChange: ApplyChange;
  now?: () => number;
}): Access {
  const { prisma } = database;

  const ruleOf = (service: string) => configStore.resource('AccessRule', service);

  function admitsNow(service: string, caller: string): boolean {
    return admits(allowInForce(ruleOf(service)?.allow ?? null, ruleOf(everyone)?.allow ?? null), caller);
  }

  /** Those that can be called: of pure callers nothing is to be guarded. */
  function servicesWithAccess(): string[] {
    const known = [...knownServices(configStore, fleet)].sort();
    return known.filter((service) => !fleet.isCaller(service) || ruleOf(service) !== undefined);
  }

  /** Whether agents stand before it; static endpoints alone are called as they are. */
  function isEnforced(service: string): boolean {
    const statics = configStore.resource('Service', service)?.endpoints.length ?? 0;
    return statics === 0 || fleet.versionsOf(service).length > 0;
  }

  async function callersIn(windowMs: number, destination?: string): Promise<readonly AccessCaller[]> {
    const to = now();
    const filter = destination === undefined ? {} : { destination };
    const edges = await telemetry.edges({ from: to - windowMs, to }, filter);
    const spanMs = measuredMs(telemetry, windowMs, to);
    // Who is not known by a certificate has no name that a rule could name.
    const named = edges.filter(({ source, destination: called }) => source !== '' && called !== '');
    const pairs = Map.groupBy(named, ({ source, destination: called }) => `${source} ${called}`);
    return [...pairs.values()]
      .flatMap((pair) => callerOf(pair, spanMs, admitsNow))
      .sort((a, b) => b.ratePerSecond - a.ratePerSecond || (a.caller < b.caller ? -1 : 1));
  }

  return {
    list: async ({ windowMs }) => {
      const [changes, callers] = await Promise.all([lastChanges(prisma, 'AccessRule'), callersIn(windowMs)]);
      const byService = Map.groupBy(callers, ({ service }) => service);
      return {
        byDefault: declared(ruleOf(everyone), changes),
        services: servicesWithAccess().map(
          (service): AccessRow => ({
            service,
            rule: declared(ruleOf(service), changes),
            callers: byService.get(service) ?? [],
            isEnforced: isEnforced(service),
          }),
        ),
      };
    },

    get: async ({ windowMs, service }) => {
      // Read before anything else: an edit based on it must not miss what happens while we look.
      const revision = configStore.revision();
      const known = knownServices(configStore, fleet);
      const isDefault = service === everyone;
      if (!isDefault && !known.has(service)) {
        throw new MeshError('unknown_service', `The mesh has no service ${service}.`);
      }
      const [rule, byDefault] = [ruleOf(service), isDefault ? undefined : ruleOf(everyone)];
      const governed = new Set(
        isDefault
          ? servicesWithAccess().filter((one) => ruleOf(one) === undefined && isEnforced(one))
          : [service],
      );
      const [changes, callers, usualMs] = await Promise.all([
        lastChanges(prisma, 'AccessRule'),
        callersIn(windowMs, isDefault ? undefined : service),
        usualAckMs(prisma),
      ]);
      return {
        service,
        revision,
        rule: declared(rule, changes),
        byDefault: declared(byDefault, changes),
        callers: callers.filter((call) => governed.has(call.service)),
        governed: governed.size,
        isEnforced: isDefault || isEnforced(service),
        services: [...known].sort(),
        agents: new Set([...governed].flatMap((one) => [...fleet.holderIds(one)])).size,
        usualMs,
      };
    },

    update: async (person, { service, baseRevision, allow, reason }) => {
      const { revision, changed, agents } = await applyChange({
        author: person,
        source: person.via,
        reason,
        baseRevision,
        edit: (current) => {
          if (allow !== null) return { upserts: [{ kind: 'AccessRule', service, allow: [...allow] }] };
          const isThere = current.find('AccessRule', service) !== undefined;
          return isThere ? { deletes: [{ kind: 'AccessRule', service }] } : {};
        },
      });
      return { revision, changed, agents };
    },
  };
}

function declared(
  rule: AccessRule | undefined,
  changes: ReadonlyMap<string, LastChange>,
): DeclaredAccess | null {
  return rule === undefined ? null : { allow: rule.allow, changed: changes.get(rule.service) ?? null };
}

/** The counters of one pair, whatever versions it called; empty for one that only ever tried before the window. */
function callerOf(
  pair: readonly EdgeCounters[],
  spanMs: number,
  admitsNow: (service: string, caller: string) => boolean,
): AccessCaller[] {
  const [first] = pair;
  const sum = (count: (edge: EdgeCounters) => number) =>
    pair.reduce((total, edge) => total + count(edge), 0) / (spanMs / 1_000);
  const ratePerSecond = sum(({ requests }) => requests);
  if (first === undefined || ratePerSecond === 0) return [];
  const { source: caller, destination: service } = first;
  return [
    {
      caller,
      service,
      ratePerSecond,
      refusedPerSecond: sum(({ meshErrorCodes }) => meshErrorCodes.access_denied ?? 0),
      isAllowed: admitsNow(service, caller),
    },
  ];
}
