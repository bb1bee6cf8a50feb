import { initTRPC, TRPCError } from '@trpc/server';
import { MeshError } from '@tulle/mesh/errors';
import type { Api } from './api.ts';
import { asTrpcError, errorShape } from './error-shape.ts';
import { may, type Permission, type Person } from './people/person.ts';

export interface Context {
  readonly api: Api;
  /** undefined when nobody is signed in. */
  readonly person: Person | undefined;
}

const t = initTRPC.context<Context>().create({ errorFormatter: errorShape });

export const router = t.router;
export const createCaller = t.createCallerFactory;

/** The only way to make a procedure: it names the permission it needs. */
export function procedure(permission: Permission) {
  return t.procedure.use(async ({ ctx, next }) => {
    if (ctx.person === undefined) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (!may(ctx.person, permission))
      throw new TRPCError({
        code: 'FORBIDDEN',
        message: `Your role, ${ctx.person.role}, may not ${permission} here.`,
      });
    const result = await next({ ctx: { api: ctx.api, person: ctx.person } });
    if (!result.ok && result.error.cause instanceof MeshError) throw asTrpcError(result.error.cause);
    return result;
  });
}
