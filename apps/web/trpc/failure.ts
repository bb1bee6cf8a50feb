import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@tulle/api/router-types';
import type { MeshIssue } from '@tulle/mesh/errors';

/** What went wrong, from any procedure, in the form pages show. */
export interface Failure {
  /** `stale_revision`, `unauthorized`, … or `unreachable` when no answer came. */
  readonly code: string;
  readonly message: string;
  readonly issues: readonly MeshIssue[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly status: number | undefined;
}

/** The one place that reads errors of the API. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TRPCClientError) {
    const { data, message } = error as TRPCClientError<AppRouter>;
    if (data != null) {
      // What stands between may answer for the API, and says less.
      const mesh: Partial<typeof data.mesh> | undefined = data.mesh;
      return {
        code: mesh?.code ?? 'internal',
        message,
        issues: mesh?.issues ?? [],
        details: mesh?.details ?? {},
        status: data.httpStatus,
      };
    }
  }
  return {
    code: 'unreachable',
    message: 'The server does not answer.',
    issues: [],
    details: {},
    status: undefined,
  };
}

/** There is no such thing: asking again would say the same, so a way elsewhere is worth more. */
export function isMissing({ status }: Failure): boolean {
  return status === 404 || status === 400;
}

/** Worth trying again: nothing was said, or the server itself failed. */
export function isOurFault({ status }: Failure): boolean {
  return status === undefined || status >= 500;
}
