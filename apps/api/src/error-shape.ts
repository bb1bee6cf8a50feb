import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';
import { MeshError, type MeshIssue } from '@tulle/mesh/errors';
import { $ZodError } from 'zod/v4/core';

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
  const { message, ...mesh } = describe(error, shape.message);
  const { code, httpStatus, path } = shape.data;
  return { ...shape, message, data: { code, httpStatus, path, mesh } };
}

interface Described extends Pick<MeshError, 'message' | 'issues' | 'details'> {
  readonly code: string;
}

/** What the person is told, and what a form needs to show it beside its fields. */
function describe(error: TRPCError, message: string): Described {
  const { cause } = error;
  if (cause instanceof MeshError)
    return { code: cause.code, message, issues: cause.issues, details: cause.details };
  if (cause instanceof $ZodError) {
    const issues = cause.issues.map((issue) => ({ path: issue.path.map(pathPart), message: issue.message }));
    return { code: 'bad_request', message: sentenceOf(issues), issues, details: {} };
  }
  const code = error.code.toLowerCase();
  // An unexpected failure says nothing of our inside; the log has it.
  if (error.code === 'INTERNAL_SERVER_ERROR')
    return { code, message: 'The server failed; its log says why.', issues: [], details: {} };
  // The adapter's own, when a body is longer than it reads: its message is the code again.
  if (error.code === 'PAYLOAD_TOO_LARGE')
    return {
      code: 'too_large',
      message: 'That is longer than 2 MB; send it in parts.',
      issues: [],
      details: {},
    };
  return { code, message, issues: [], details: {} };
}

function pathPart(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part;
}

/** `weights.0.weight: a weight is at least 0; reason: at most 500 characters` */
function sentenceOf(issues: readonly MeshIssue[]): string {
  return issues
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ');
}

/** A failure of the mesh's own rules as tRPC's, with the status from the table of errors. */
export function asTrpcError(cause: MeshError): TRPCError {
  return new TRPCError({
    code: codeByStatus[cause.status] ?? 'INTERNAL_SERVER_ERROR',
    message: cause.message,
    cause,
  });
}
