import { procedure, router } from '../trpc.ts';

export const meshFactsRouter = router({
  get: procedure('read').query(({ ctx }) => ctx.api.meshFacts.get()),
});
