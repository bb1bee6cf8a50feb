import { reasonSchema } from '@tulle/mesh/names';
import { resourceServiceSchema } from '@tulle/mesh/resource';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const revisionSchema = z.int().min(1).max(2_147_483_647);

export const changesRouter = router({
  list: procedure('read')
    .input(
      z.object({
        service: z.optional(resourceServiceSchema),
        before: revisionSchema.optional(),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => ctx.api.changes.list(input)),
  get: procedure('read')
    .input(z.object({ revision: revisionSchema }))
    .query(({ ctx, input }) => ctx.api.changes.get(input)),
  revert: procedure('edit')
    .input(z.object({ revision: revisionSchema, reason: z._default(reasonSchema, '') }))
    .mutation(({ ctx, input }) => ctx.api.changes.revert(ctx.person, input)),
});
