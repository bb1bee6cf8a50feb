import { procedure, router } from '../trpc.ts';

export const agentsRouter = router({
  list: procedure('read').query(({ ctx }) => ctx.api.agents.list()),
});
