import { procedure, router } from '../trpc.ts';

export const peopleRouter = router({
  me: procedure('read').query(({ ctx }) => ctx.person),
});
