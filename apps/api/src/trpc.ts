import { initTRPC, type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';
import { MeshError } from '@tulle/mesh/errors';
import type { Api } from './api.ts';
import { may, type Permission, type Person } from './people/person.ts';

export interface Context {
  readonly api: Api;
  /** undefined when nobody is signed in. */
  readonly person: Person | undefined;
}

const codeByStatus: Record<number, TRPC_ERROR_CODE_KEY> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error }) {
    const cause = error.cause;
    const mesh =
      cause instanceof MeshError
        ? { code: cause.code, issues: cause.issues, details: cause.details }
        : { code: error.code.toLowerCase(), issues: [], details: {} };
    // An unexpected failure says nothing of our inside; the log has it.
    const message =
      error.code === 'INTERNAL_SERVER_ERROR' ? 'The server failed; its log says why.' : shape.message;
    return {
      ...shape,
      message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, mesh },
    };
  },
});

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
    if (!result.ok && result.error.cause instanceof MeshError) {
      const cause = result.error.cause;
      throw new TRPCError({
        code: codeByStatus[cause.status] ?? 'INTERNAL_SERVER_ERROR',
        message: cause.message,
        cause,
      });
    }
    return result;
  });
}
