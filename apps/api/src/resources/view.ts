import type { Resource, ResourceKind } from '@tulle/mesh/resource';
import type { ChangeEntry } from '../changes/view.ts';
import type { Person } from '../people/person.ts';
import type { Applied } from '../traffic-splits/view.ts';

export interface Resources {
  list(input: { kind?: ResourceKind | undefined; service?: string | undefined }): Promise<{
    readonly revision: number;
    readonly resources: readonly Resource[];
    readonly yaml: string;
  }>;
  /** Creates or updates every document, or with `dryRun` says what would change. All or nothing. */
  apply(
    person: Person,
    input: { yaml: string; baseRevision?: number | undefined; reason: string; dryRun: boolean },
  ): Promise<Applied & { readonly entries: readonly ChangeEntry[] }>;
  delete(
    person: Person,
    input: { kind: ResourceKind; service: string; baseRevision?: number | undefined; reason: string },
  ): Promise<Applied>;
}
