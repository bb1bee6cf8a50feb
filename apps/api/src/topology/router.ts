import { serviceNameSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

export const topologyRouter = router({
  graph: procedure('read')
    .input(z.object({ windowMs: windowMsSchema }))
    .query(({ ctx, input }) => ctx.api.topology.graph(input)),
  past: procedure('read')
    .input(z.object({ windowMs: windowMsSchema, at: z.int().min(0) }))
    .query(({ ctx, input }) => ctx.api.topology.past(input)),
  edge: procedure('read')
    .input(z.object({ windowMs: windowMsSchema, source: serviceNameSchema, destination: serviceNameSchema }))
    .query(({ ctx, input }) => ctx.api.topology.edge(input)),
});
