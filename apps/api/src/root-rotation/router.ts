import { instanceNameSchema, reasonSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const phaseSchema = z.enum(['distributing', 'reissuing', 'returning']);
const reason = z._default(reasonSchema, '');

export const rootRotationRouter = router({
  get: procedure('read').query(({ ctx }) => ctx.api.rootRotation.get()),
  start: procedure('administer')
    .input(z.object({ reason }))
    .mutation(({ ctx, input }) => ctx.api.rootRotation.start(ctx.person, input)),
  advance: procedure('administer')
    .input(
      z.object({
        /** Where the caller believes it to stand, so that a step is never taken twice. */
        from: phaseSchema,
        without: z._default(z.array(instanceNameSchema).check(z.maxLength(1_000)), []),
        reason,
      }),
    )
    .mutation(({ ctx, input }) => ctx.api.rootRotation.advance(ctx.person, input)),
  abort: procedure('administer')
    .input(z.object({ from: phaseSchema, reason }))
    .mutation(({ ctx, input }) => ctx.api.rootRotation.abort(ctx.person, input)),
});
