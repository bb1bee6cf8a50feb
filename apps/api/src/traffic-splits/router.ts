import { reasonSchema, serviceNameSchema } from '@tulle/mesh/names';
import { stickySchema } from '@tulle/mesh/sticky';
import { weightsSchema } from '@tulle/mesh/traffic-split';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

export const trafficSplitsRouter = router({
  list: procedure('read')
    .input(z.object({ windowMs: windowMsSchema }))
    .query(({ ctx, input }) => ctx.api.trafficSplits.list(input)),
  get: procedure('read')
    .input(z.object({ windowMs: windowMsSchema, service: serviceNameSchema }))
    .query(({ ctx, input }) => ctx.api.trafficSplits.get(input)),
  update: procedure('edit')
    .input(
      z.object({
        service: serviceNameSchema,
        baseRevision: z.int().min(0),
        weights: weightsSchema,
        sticky: z.nullish(stickySchema),
        reason: z._default(reasonSchema, ''),
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.trafficSplits.update(ctx.person, input)),
});
