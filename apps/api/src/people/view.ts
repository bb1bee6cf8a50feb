import type { Invitation, Role, Standing } from '@tulle/mesh/people';
import type { Person } from './person.ts';

export interface PersonRow extends Standing {
  readonly id: string;
  readonly email: string;
  /** To the minute; null when they never were. */
  readonly lastSeenAt: number | null;
  /** Until when a link to set a password is good; null when none is open. */
  readonly linkExpiresAt: number | null;
}

/** Lets whoever has it set the person's password, once. */
export interface PasswordLink {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly url: string;
  readonly expiresAt: number;
}

export interface SessionRow {
  readonly id: string;
  readonly signedInAt: number;
  readonly expiresAt: number;
  /** Where the connection came from; behind a proxy, the proxy. */
  readonly address: string | null;
  /** As the browser calls itself. */
  readonly userAgent: string | null;
  readonly isThis: boolean;
}

/** Who may sign in, and as what. Refusals are MeshErrors with a sentence. */
export interface Directory {
  list(): Promise<readonly PersonRow[]>;
  invite(by: Person, invitation: Invitation): Promise<PasswordLink>;
  /** A new link, for who forgot the password or lost the invitation; former ones end. */
  passwordLink(by: Person, input: { id: string }): Promise<PasswordLink>;
  setRole(by: Person, input: { id: string; role: Role }): Promise<void>;
  /** Their sessions and tokens end at once; what they did stays in Changes by name. */
  remove(by: Person, input: { id: string }): Promise<void>;
  /** The person's own. */
  sessions(person: Person): Promise<readonly SessionRow[]>;
  /** One of the person's own, or all of them. */
  endSessions(person: Person, input: { id?: string | undefined }): Promise<void>;
}
