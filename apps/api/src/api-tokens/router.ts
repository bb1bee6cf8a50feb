import { apiTokenSchema } from '@tulle/mesh/people';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

export const apiTokensRouter = router({
  list: procedure('read').query(({ ctx }) => ctx.api.apiTokens.list(ctx.person)),
  create: procedure('read')
    .input(apiTokenSchema)
    .mutation(({ ctx, input }) => ctx.api.apiTokens.create(ctx.person, input)),
  revoke: procedure('read')
    .input(z.object({ id: z.string().min(1).max(64) }))
    .mutation(({ ctx, input }) => ctx.api.apiTokens.revoke(ctx.person, input)),
});
