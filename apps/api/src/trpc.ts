import { initTRPC, TRPCError } from '@trpc/server';
import { MeshError } from '@tulle/mesh/errors';
import type { Api } from './api.ts';
import { asTrpcError, errorShape } from './error-shape.ts';
import { may, type Permission, type Person } from './people/person.ts';

export interface Context {
  readonly api: Api;
  /** Looked up for each call, as a WebSocket outlives roles and sessions; undefined when nobody is signed in. */
  whoAsks(): Promise<Person | undefined>;
}

const t = initTRPC.context<Context>().create({ errorFormatter: errorShape });

export const router = t.router;
export const createCaller = t.createCallerFactory;

/** The only way to make a procedure: it names the permission it needs. */
export function procedure(permission: Permission) {
  return t.procedure.use(async ({ ctx, next }) => {
    const person = await ctx.whoAsks();
    if (person === undefined) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (!may(person, permission))
      throw new TRPCError({
        code: 'FORBIDDEN',
        message: `Your role, ${person.role}, may not ${permission} here.`,
      });
    const result = await next({ ctx: { api: ctx.api, person } });
    if (!result.ok && result.error.cause instanceof MeshError) throw asTrpcError(result.error.cause);
    return result;
  });
}
