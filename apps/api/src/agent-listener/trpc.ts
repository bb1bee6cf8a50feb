import { initTRPC } from '@trpc/server';
import { MeshError } from '@tulle/mesh/errors';
import { asTrpcError, errorShape } from '../error-shape.ts';
import type { AgentConnection } from './connection.ts';

/** Who calls: `connection` is undefined over plain HTTP, where nobody has shown a certificate. */
export interface AgentContext {
  readonly remoteAddress: string;
  readonly connection: AgentConnection | undefined;
}

const t = initTRPC.context<AgentContext>().create({ errorFormatter: errorShape });

export const router = t.router;

/** For joiners, who have no certificate yet. */
export const openProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof MeshError) throw asTrpcError(result.error.cause);
  return result;
});

/** For agents: the certificate they came with, or the one they renewed it to, must be good at this very moment. */
export const agentProcedure = openProcedure.use(({ ctx, next }) => {
  if (ctx.connection === undefined) {
    throw new MeshError('unauthenticated', 'This needs a WebSocket with the certificate of an agent.');
  }
  ctx.connection.requireValid();
  return next({ ctx: { connection: ctx.connection } });
});
