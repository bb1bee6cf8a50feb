import { reasonSchema } from '@tulle/mesh/names';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const agentIdSchema = z.uuid();

export const certificatesRouter = router({
  overview: procedure('read').query(({ ctx }) => ctx.api.certificates.overview()),
  list: procedure('read').query(({ ctx }) => ctx.api.certificates.list()),
  pem: procedure('read')
    .input(z.object({ serial: z.string().regex(/^[0-9a-f]{2,40}$/) }))
    .query(({ ctx, input }) => ctx.api.certificates.pem(input)),
  renew: procedure('edit')
    .input(z.object({ agentId: agentIdSchema }))
    .mutation(({ ctx, input }) => ctx.api.certificates.renew(ctx.person, input)),
  revoke: procedure('administer')
    .input(z.object({ agentId: agentIdSchema, reason: z._default(reasonSchema, '') }))
    .mutation(({ ctx, input }) => ctx.api.certificates.revoke(ctx.person, input)),
});
