import { reasonSchema } from '@tulle/mesh/names';
import { resourceKinds, resourceServiceSchema } from '@tulle/mesh/resource';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const kindSchema = z.enum(resourceKinds);
const baseRevisionSchema = z.int().min(0).optional();

export const resourcesRouter = router({
  list: procedure('read')
    .input(z.object({ kind: kindSchema.optional(), service: z.optional(resourceServiceSchema) }))
    .query(({ ctx, input }) => ctx.api.resources.list(input)),
  // tRPC keeps the word `apply` for itself.
  applyYaml: procedure('edit')
    .input(
      z.object({
        yaml: z.string().max(1_000_000, 'it is longer than 1 MB; apply it in parts'),
        baseRevision: baseRevisionSchema,
        reason: z._default(reasonSchema, ''),
        dryRun: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.resources.apply(ctx.person, input)),
  delete: procedure('edit')
    .input(
      z.object({
        kind: kindSchema,
        service: resourceServiceSchema,
        baseRevision: baseRevisionSchema,
        reason: z._default(reasonSchema, ''),
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.resources.delete(ctx.person, input)),
});
