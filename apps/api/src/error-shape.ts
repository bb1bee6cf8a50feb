import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';
import { MeshError } from '@tulle/mesh/errors';

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

interface DefaultShape {
  readonly message: string;
  readonly data: {
    readonly code: TRPC_ERROR_CODE_KEY;
    readonly httpStatus: number;
    readonly path?: string | undefined;
  };
}

/** How every failure looks to clients, people's and agents' alike. */
export function errorShape<S extends DefaultShape>({ shape, error }: { shape: S; error: TRPCError }) {
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
}

/** A failure of the mesh's own rules as tRPC's, with the status from the table of errors. */
export function asTrpcError(cause: MeshError): TRPCError {
  return new TRPCError({
    code: codeByStatus[cause.status] ?? 'INTERNAL_SERVER_ERROR',
    message: cause.message,
    cause,
  });
}
