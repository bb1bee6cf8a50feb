import { MeshError } from '@tulle/mesh/errors';
import type { ResourceIssue } from '@tulle/mesh/known-mesh';
import { type Resource, resourceKey, resourceKinds, resourceService } from '@tulle/mesh/resource';
import type { ApplyChange } from '../changes/apply-change.ts';
import { changeEntry } from '../changes/changes.ts';
import { ResourceIssues } from '../changes/check-change.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { type ReadDocument, readYaml } from './read-yaml.ts';
import type { Resources } from './view.ts';
import { writeYaml } from './write-yaml.ts';

export function createResources({
  configStore,
  applyChange,
}: {
  configStore: ConfigStore;
  applyChange: ApplyChange;
}): Resources {
  return {
    list: async ({ kind, service }) => {
      const resources = configStore
        .resources()
        .filter((resource) => kind === undefined || resource.kind === kind)
        .filter((resource) => service === undefined || resourceService(resource) === service)
        .toSorted(byServiceAndKind);
      return { revision: configStore.revision(), resources, yaml: writeYaml(resources) };
    },

    apply: async (person, { yaml, baseRevision, reason, dryRun }) => {
      const documents = readYaml(yaml);
      const applied = await applyChange({
        author: person,
        source: person.via,
        reason,
        baseRevision,
        dryRun,
        edit: () => ({ upserts: documents.map(({ resource }) => resource) }),
      }).catch((error: unknown) => {
        throw withPlaces(error, documents);
      });
      const { revision, changed, agents } = applied;
      return { revision, changed, agents, entries: applied.entries.map(changeEntry) };
    },

    delete: async (person, { kind, service, baseRevision, reason }) => {
      const { revision, changed, agents } = await applyChange({
        author: person,
        source: person.via,
        reason,
        baseRevision,
        edit: (current) => {
          if (current.find(kind, service) === undefined) {
            throw new MeshError('unknown_resource', `There is no ${resourceKey(kind, service)}.`);
          }
          return { deletes: [{ kind, service }] };
        },
      });
      return { revision, changed, agents };
    },
  };
}

/** Says of what the gate found wrong where it stands in the file. */
function withPlaces(error: unknown, documents: readonly ReadDocument[]): unknown {
  if (!(error instanceof ResourceIssues)) return error;
  const issues = error.resourceIssues.map((issue) => ({ ...issue, message: withPlace(issue, documents) }));
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new MeshError(error.code, `${issues[0]?.message ?? error.message}${more}`, { issues });
}

function withPlace(issue: ResourceIssue, documents: readonly ReadDocument[]): string {
  const document = documents.find(
    ({ resource }) => resource.kind === issue.kind && resourceService(resource) === issue.service,
  );
  return document === undefined ? issue.message : `${document.place(issue.path)}: ${issue.message}`;
}

function byServiceAndKind(a: Resource, b: Resource): number {
  const [first, second] = [resourceService(a), resourceService(b)];
  if (first !== second) return first < second ? -1 : 1;
  return resourceKinds.indexOf(a.kind) - resourceKinds.indexOf(b.kind);
}
