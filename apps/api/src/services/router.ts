import { serviceNameSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';
import { windowMsSchema } from '../window.ts';

export const servicesRouter = router({
  list: procedure('read')
    .input(z.object({ windowMs: windowMsSchema }))
    .query(({ ctx, input }) => ctx.api.services.list(input)),
  get: procedure('read')
    .input(z.object({ windowMs: windowMsSchema, service: serviceNameSchema }))
    .query(({ ctx, input }) => ctx.api.services.get(input)),
});
