import { reasonSchema, serviceNameSchema } from '@tulle/mesh/names';
import { type RolloutActionName, rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const idSchema = z.uuid('no rollout has such an id');

function action(name: RolloutActionName, permission: 'edit' | 'approve') {
  return procedure(permission)
    .input(z.object({ id: idSchema, comment: z._default(reasonSchema, '') }))
    .mutation(({ ctx, input }) => ctx.api.rollouts.act(ctx.person, { ...input, action: name }));
}

export const rolloutsRouter = router({
  list: procedure('read')
    .input(z.object({ service: z.optional(serviceNameSchema), active: z.boolean().optional() }))
    .query(({ ctx, input }) => ctx.api.rollouts.list(input)),
  get: procedure('read')
    .input(z.object({ id: idSchema }))
    .query(({ ctx, input }) => ctx.api.rollouts.get(input, ctx.person)),
  create: procedure('edit')
    .input(rolloutSpecSchema)
    .mutation(({ ctx, input }) => ctx.api.rollouts.create(ctx.person, input)),
  approve: action('approve', 'approve'),
  reject: action('reject', 'approve'),
  pause: action('pause', 'edit'),
  resume: action('resume', 'edit'),
  promote: action('promote', 'approve'),
  goOn: action('goOn', 'approve'),
  abort: action('abort', 'edit'),
});
