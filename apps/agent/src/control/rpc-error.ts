import * as z from 'zod/mini';

/** `data.mesh.code` is the mesh's own code; without it tRPC's. */
const errorShapeSchema = z.object({
  message: z.string(),
  data: z.optional(
    z.object({ code: z.optional(z.string()), mesh: z.optional(z.object({ code: z.string() })) }),
  ),
});

/** What the API answered, or why it could not: `code` for programs, `message` one sentence for people. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Reads tRPC's error shape; text that is none becomes `bad_response`. */
  static fromShape(shape: unknown): RpcError {
    const parsed = errorShapeSchema.safeParse(shape);
    if (!parsed.success)
      return new RpcError('bad_response', 'The API answered with something that is no tRPC.');
    const { message, data } = parsed.data;
    return new RpcError(data?.mesh?.code ?? data?.code?.toLowerCase() ?? 'internal', message);
  }
}

/** Errors that a further attempt with the same token cannot mend. */
const refusals = new Set([
  'invalid_token',
  'used_token',
  'expired_token',
  'forbidden',
  'unauthenticated',
  'unauthorized',
  'bad_request',
  'unsupported_protocol',
  'wrong_fingerprint',
  'already_exists',
  'no_token',
]);

/** The API does not know this certificate, or the agent not the API's: they are of different meshes, or ages. */
const estrangements = new Set(['unauthenticated', 'revoked', 'untrusted_api']);

/** Whether a join token could mend what its certificate cannot. */
export function needsNewIdentity(error: unknown): boolean {
  return error instanceof RpcError && estrangements.has(error.code);
}

export function isRefusal(error: unknown): error is RpcError {
  return error instanceof RpcError && refusals.has(error.code);
}

export function isRevoked(error: unknown): boolean {
  return error instanceof RpcError && error.code === 'revoked';
}
