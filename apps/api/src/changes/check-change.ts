import { everyone } from '@tulle/mesh/access-rule';
import { MeshError } from '@tulle/mesh/errors';
import { formatRelative } from '@tulle/mesh/format';
import type { ResourceIssue } from '@tulle/mesh/known-mesh';
import { type Resource, resourceKey, resourceService } from '@tulle/mesh/resource';
import { describePhase } from '@tulle/mesh/rollout/describe';
import { serviceViewSchema } from '@tulle/mesh/service-view';
import { servicesNamedBy } from '@tulle/mesh/services-named';
import { compileServiceView } from '@tulle/mesh/snapshot';
import { validateMesh } from '@tulle/mesh/validate-mesh';
import type { Prisma } from '@tulle/prisma/generated/client';
import type { Fleet } from '../agents/fleet.ts';
import { activeRollouts } from '../rollouts/active-rollouts.ts';
import { type DeclaredResources, resourcesAfter } from './edit.ts';
import type { EntryRow } from './entry-row.ts';

export type KnownVersions = Pick<Fleet, 'versionsOf'>;
type Transaction = Prisma.TransactionClient;

/** Refuses an edit whose author has not seen what somebody else did to the same resources. */
export async function refuseStale(
  tx: Transaction,
  entries: readonly EntryRow[],
  { base, revision, now }: { base: number; revision: number; now: number },
): Promise<void> {
  if (base > revision) {
    throw new MeshError(
      'stale_revision',
      `The mesh is at revision ${revision}; there is no revision ${base} to build on. Load it again.`,
      { details: { revision } },
    );
  }
  if (base === revision || entries.length === 0) return;
  const since = await tx.changeEntry.findMany({
    where: { revision: { gt: base }, OR: entries.map(({ kind, service }) => ({ kind, service })) },
    select: {
      kind: true,
      service: true,
      change: { select: { revision: true, at: true, author: true, reason: true, source: true } },
    },
    orderBy: { revision: 'desc' },
    take: 20,
  });
  const [newest] = since;
  if (newest === undefined) return;
  const { change } = newest;
  const reason = change.reason === '' ? '' : ` (“${change.reason}”)`;
  const when = formatRelative(change.at.getTime(), now);
  throw new MeshError(
    'stale_revision',
    `${change.author} changed ${newest.kind}/${newest.service} ${when} in revision ${change.revision}${reason}; look at it and decide again.`,
    {
      details: {
        revision,
        conflicts: since.map((entry) => ({
          kind: entry.kind,
          service: entry.service,
          revision: entry.change.revision,
          author: entry.change.author,
          reason: entry.change.reason,
          source: entry.change.source,
          at: entry.change.at.getTime(),
        })),
      },
    },
  );
}

/** While a rollout runs, only it moves the split of its service, and the service stays. */
export async function refuseOwned(
  tx: Transaction,
  entries: readonly EntryRow[],
  rolloutId: string | undefined,
): Promise<void> {
  const claimed = entries.filter(
    ({ kind, after }) => kind === 'TrafficSplit' || (kind === 'Service' && after === null),
  );
  const owners = await activeRollouts(
    tx,
    claimed.map(({ service }) => service),
  );
  for (const { kind, service } of claimed) {
    const owner = owners.get(service);
    if (owner === undefined || owner.id === rolloutId) continue;
    const act = kind === 'TrafficSplit' ? 'set by a rollout' : 'needed by a rollout';
    throw new MeshError(
      'owned_by_rollout',
      `${kind}/${service} is ${act} that ${owner.createdBy} started (${describePhase(owner.phase).toLowerCase()}); pausing does not free it: wait until it ends, promote it or abort it.`,
      { details: { rolloutId: owner.id, service } },
    );
  }
}

/** What contradicts the rest of the mesh; told by the code of the first issue. */
export class ResourceIssues extends MeshError {
  readonly resourceIssues: readonly ResourceIssue[];

  constructor(issues: readonly ResourceIssue[]) {
    const [first] = issues;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    super(first?.code ?? 'invalid_resource', `${first?.message ?? ''}${more}`, { issues });
    this.resourceIssues = issues;
  }
}

/** Refuses what contradicts the rest of the mesh, and what no agent could be given. */
export function refuseUnsound(
  current: DeclaredResources,
  entries: readonly EntryRow[],
  fleet: KnownVersions,
): void {
  const services = new Set(entries.map(({ service }) => service));
  const concerned = withNamed(services, [...current.all(), ...entries.flatMap(({ after }) => after ?? [])]);
  const after = resourcesAfter(current, entries, concerned);
  const versions = Object.fromEntries(
    [...concerned].map((service) => [service, fleet.versionsOf(service).map(({ version }) => version)]),
  );
  const present = current.all().filter((resource) => concerned.has(resourceService(resource)));
  // An older flaw in a resource that this edit does not touch must not stand in its way.
  const touched = new Set(entries.map(({ kind, service }) => resourceKey(kind, service)));
  const issues = validateMesh(after, { versions, present }).filter(({ kind, service }) =>
    touched.has(resourceKey(kind, service)),
  );
  if (issues.length > 0) throw new ResourceIssues(issues);
  // The default has no view of its own: in those of services it is callers' names, which its schema has checked.
  for (const service of services) if (service !== everyone) refuseUncompilable(service, after);
}

/** With the services that rules and hosts of these name, and those that name these. */
function withNamed(services: ReadonlySet<string>, resources: readonly Resource[]): Set<string> {
  const all = new Set(services);
  for (const resource of resources) {
    const owner = resourceService(resource);
    const named = servicesNamedBy(resource);
    if (services.has(owner)) for (const service of named) all.add(service);
    if (named.some((service) => services.has(service))) all.add(owner);
  }
  return all;
}

function refuseUncompilable(service: string, resources: readonly Resource[]): void {
  const declared = declaredOf(service, resources);
  const view = serviceViewSchema.safeParse(compileServiceView(service, declared, []));
  if (view.success) return;
  const [issue] = view.error.issues;
  throw new MeshError(
    'invalid_resource',
    `Agents could not take the configuration of ${service}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}.`,
  );
}

function declaredOf(service: string, resources: readonly Resource[]) {
  const own = resources.filter((resource) => resourceService(resource) === service);
  return {
    service: own.find((resource) => resource.kind === 'Service'),
    trafficSplit: own.find((resource) => resource.kind === 'TrafficSplit'),
    route: own.find((resource) => resource.kind === 'Route'),
    policy: own.find((resource) => resource.kind === 'Policy'),
    accessRule: own.find((resource) => resource.kind === 'AccessRule'),
    gateway: own.find((resource) => resource.kind === 'Gateway'),
  };
}
