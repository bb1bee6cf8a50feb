import { accessRuleSchema } from '@tulle/mesh/access-rule';
import { reasonSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

const { service: serviceSchema, allow: allowSchema } = accessRuleSchema.shape;

export const accessRouter = router({
  list: procedure('read')
    .input(z.object({ windowMs: windowMsSchema }))
    .query(({ ctx, input }) => ctx.api.access.list(input)),
  get: procedure('read')
    .input(z.object({ windowMs: windowMsSchema, service: serviceSchema }))
    .query(({ ctx, input }) => ctx.api.access.get(input)),
  update: procedure('edit')
    .input(
      z.object({
        service: serviceSchema,
        baseRevision: z.int().min(0),
        allow: z.nullable(allowSchema),
        reason: z._default(reasonSchema, ''),
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.access.update(ctx.person, input)),
});
