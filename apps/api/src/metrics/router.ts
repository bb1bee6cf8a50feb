import { serviceNameSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

export const metricsRouter = router({
  series: procedure('read')
    .input(
      z.object({
        windowMs: windowMsSchema,
        source: z.optional(serviceNameSchema),
        destination: z.optional(serviceNameSchema),
        by: z.enum(['version', 'total']).default('version'),
      }),
    )
    .query(({ ctx, input }) => ctx.api.metrics.series(input)),
});
