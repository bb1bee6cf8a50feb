import type { ApiTokenRequest, Role } from '@tulle/mesh/people';
import type { Person } from '../people/person.ts';

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  /** In whose name it speaks. */
  readonly maker: string;
  readonly makerId: string;
  readonly isOwn: boolean;
  /** What it may do now: never more than its maker. */
  readonly role: Role;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** To the minute; null when it never was. */
  readonly lastUsedAt: number | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

export interface CreatedApiToken {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
  /** Where the dashboard and its API are, for the command to copy. */
  readonly url: string;
}

export interface ApiTokens {
  /** The person's own; an administrator sees everybody's. */
  list(person: Person): Promise<readonly ApiTokenRow[]>;
  create(person: Person, input: ApiTokenRequest): Promise<CreatedApiToken>;
  /** The person's own; an administrator may revoke everybody's. */
  revoke(person: Person, input: { id: string }): Promise<void>;
}
