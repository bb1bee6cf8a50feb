import { resourceKinds, resourceSchema } from '@tulle/mesh/resource';
import { z } from 'zod';

/** What a change did to one resource, as it is stored. */
export const entryRowSchema = z.object({
  kind: z.enum(resourceKinds),
  service: z.string(),
  /** null when the change created it. */
  before: z.nullable(resourceSchema),
  /** null when the change deleted it. */
  after: z.nullable(resourceSchema),
});
export type EntryRow = z.infer<typeof entryRowSchema>;

export function actionOf({ before, after }: EntryRow): 'create' | 'update' | 'delete' {
  if (before === null) return 'create';
  return after === null ? 'delete' : 'update';
}
