import type { Person } from '../people/person.ts';

export interface JoinTokenRow {
  readonly id: string;
  readonly service: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: 'unused' | 'used' | 'expired' | 'revoked';
  readonly usedBy: string | null;
}

export interface CreatedJoinToken {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
  /** Address of the agents' listener, for the command to copy. */
  readonly apiAddress: string;
}

export interface JoinTokens {
  list(): Promise<readonly JoinTokenRow[]>;
  create(person: Person, input: { service: string; lifetimeMs: number }): Promise<CreatedJoinToken>;
  revoke(person: Person, input: { id: string }): Promise<void>;
}
