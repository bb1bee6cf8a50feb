import type { Resource, ResourceKind } from '@tulle/mesh/resource';

/** A committed change as the rest of the API hears of it, on every replica. */
export interface CommittedChange {
  readonly revision: number;
  /** Services whose resources it touched. */
  readonly services: readonly string[];
  /** When the transaction committed, milliseconds since the epoch. */
  readonly committedAt: number;
}

/** The declared resources at one revision, held in memory and kept current by LISTEN/NOTIFY. */
export interface ConfigStore {
  revision(): number;
  resources(): readonly Resource[];
  resource<K extends ResourceKind>(kind: K, service: string): Extract<Resource, { kind: K }> | undefined;
  /** Calls back after the store holds the new revision; returns how to stop. */
  onChange(listener: (change: CommittedChange) => void): () => void;
}
