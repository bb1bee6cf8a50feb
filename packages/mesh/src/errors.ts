/** Every expected failure of the mesh's own rules: code -> HTTP status. Messages are written where they are thrown. */
export const errorTable = {
  bad_request: 400,
  invalid_resource: 400,
  invalid_yaml: 400,
  weights_not_100: 400,
  unknown_version: 400,
  unknown_service: 404,
  unknown_resource: 404,
  not_found: 404,
  unauthenticated: 401,
  forbidden: 403,
  invalid_token: 401,
  used_token: 401,
  expired_token: 401,
  revoked: 403,
  stale_revision: 409,
  already_exists: 409,
  in_use: 409,
  owned_by_rollout: 409,
  rollout_active: 409,
  action_not_allowed: 409,
  frozen: 409,
  unsupported_protocol: 426,
  too_many: 429,
  too_large: 413,
  internal: 500,
  unavailable: 503,
} as const;

export type MeshErrorCode = keyof typeof errorTable;

/** Where in the input something is wrong, so that a form can show it beside its field. */
export interface MeshIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * An expected failure: `message` says what was wrong, where and what to do, in one sentence for a person.
 * `details` is plain JSON for programs (for instance who changed what in a conflict).
 */
export class MeshError extends Error {
  override readonly name = 'MeshError';
  readonly code: MeshErrorCode;
  readonly issues: readonly MeshIssue[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: MeshErrorCode,
    message: string,
    options: { issues?: readonly MeshIssue[]; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.code = code;
    this.issues = options.issues ?? [];
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorTable[this.code];
  }
}
