import type { FieldChange } from '@tulle/mesh/change-diff';
import type { ResourceKind } from '@tulle/mesh/resource';
import type { Person } from '../people/person.ts';
import type { Applied } from '../traffic-splits/view.ts';

/** The change that made a resource what it is. */
export interface LastChange {
  readonly revision: number;
  readonly at: number;
  readonly author: string;
  readonly reason: string;
}

export interface ChangeEntry {
  readonly kind: ResourceKind;
  readonly service: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly fields: readonly FieldChange[];
}

export interface AckSummary {
  /** Agents that the change concerned. */
  readonly agents: number;
  readonly acked: number;
  readonly rejected: readonly { readonly instance: string; readonly reason: string }[];
  /** Names of those that have not answered yet. */
  readonly waiting: readonly string[];
  /** From commit to the last ACK, in ms; null before the first ACK. */
  readonly lastAckMs: number | null;
}

export interface ChangeView {
  readonly revision: number;
  readonly at: number;
  readonly author: string;
  readonly source: 'dashboard' | 'cli' | 'rollout' | 'system';
  readonly reason: string;
  readonly rolloutId: string | null;
  readonly entries: readonly ChangeEntry[];
  readonly acks: AckSummary;
  /** Why it cannot be reverted, in words; null when it can. */
  readonly revertBlocked: string | null;
}

export interface ChangesPage {
  readonly changes: readonly ChangeView[];
  /** Pass as `before` for the next page; null at the end. */
  readonly next: number | null;
}

export interface Changes {
  list(input: {
    service?: string | undefined;
    before?: number | undefined;
    limit: number;
  }): Promise<ChangesPage>;
  get(input: { revision: number }): Promise<ChangeView>;
  revert(person: Person, input: { revision: number; reason: string }): Promise<Applied>;
}
