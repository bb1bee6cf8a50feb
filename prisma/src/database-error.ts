export type DatabaseErrorCode = 'in_use' | 'migration' | 'unreachable' | 'unsupported' | 'unwritable';

/** An expected failure of storage: `message` is one sentence for the person who starts the server. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The system's word for a failure, such as EACCES or ECONNREFUSED. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** A refused connection to several addresses has an empty message; its code then says more. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? systemCode(error) : error.message;
}
