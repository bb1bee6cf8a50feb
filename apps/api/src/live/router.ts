import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

export const liveRouter = router({
  events: procedure('read').subscription(async function* ({ ctx, signal }) {
    if (signal) yield* ctx.api.live.events(signal);
  }),
  /** The graph every second, for the topology page: the whole first, then what changed. */
  topology: procedure('read')
    .input(z.object({ windowMs: windowMsSchema }))
    .subscription(async function* ({ ctx, input, signal }) {
      if (signal) yield* ctx.api.liveTopology(input, signal);
    }),
  /** A heartbeat of the server's clock, so that pages know how old their data is. */
  clock: procedure('read')
    .input(z.object({}).optional())
    .query(() => ({ now: Date.now() })),
});
