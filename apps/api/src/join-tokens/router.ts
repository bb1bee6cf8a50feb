import { serviceNameSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

export const joinTokensRouter = router({
  list: procedure('read').query(({ ctx }) => ctx.api.joinTokens.list()),
  create: procedure('edit')
    .input(
      z.object({
        service: serviceNameSchema,
        lifetimeMs: z
          .int()
          .min(60_000, 'at least a minute')
          .max(86_400_000, 'at most a day')
          .default(900_000),
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.joinTokens.create(ctx.person, input)),
  revoke: procedure('edit')
    .input(z.object({ id: z.string().min(1).max(64) }))
    .mutation(({ ctx, input }) => ctx.api.joinTokens.revoke(ctx.person, input)),
});
