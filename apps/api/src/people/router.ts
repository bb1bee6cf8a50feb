import { invitationSchema, roleSchema } from '@tulle/mesh/people';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const idSchema = z.string().min(1).max(64);

export const peopleRouter = router({
  me: procedure('read').query(({ ctx }) => ctx.person),
  list: procedure('read').query(({ ctx }) => ctx.api.people.list()),
  invite: procedure('administer')
    .input(invitationSchema)
    .mutation(({ ctx, input }) => ctx.api.people.invite(ctx.person, input)),
  passwordLink: procedure('administer')
    .input(z.object({ id: idSchema }))
    .mutation(({ ctx, input }) => ctx.api.people.passwordLink(ctx.person, input)),
  setRole: procedure('administer')
    .input(z.object({ id: idSchema, role: roleSchema }))
    .mutation(({ ctx, input }) => ctx.api.people.setRole(ctx.person, input)),
  remove: procedure('administer')
    .input(z.object({ id: idSchema }))
    .mutation(({ ctx, input }) => ctx.api.people.remove(ctx.person, input)),
  /** One's own; without an id, all of them are ended. */
  sessions: procedure('read').query(({ ctx }) => ctx.api.people.sessions(ctx.person)),
  endSessions: procedure('read')
    .input(z.object({ id: idSchema.optional() }))
    .mutation(({ ctx, input }) => ctx.api.people.endSessions(ctx.person, input)),
});
