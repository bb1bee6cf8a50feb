import type { AllowList } from '@tulle/mesh/access-rule';
import type { LastChange } from '../changes/view.ts';
import type { Person } from '../people/person.ts';
import type { Applied } from '../traffic-splits/view.ts';

/** A rule as it is declared, and who declared it; null where there is none. */
export interface DeclaredAccess {
  /** Names of services; `*` is every identity of the mesh. */
  readonly allow: readonly string[];
  readonly changed: LastChange | null;
}

/** Who called a service in the window. */
export interface AccessCaller {
  readonly caller: string;
  /** The service it called. */
  readonly service: string;
  /** Requests per second, refused ones among them. */
  readonly ratePerSecond: number;
  /** Of these, what was refused by a rule. */
  readonly refusedPerSecond: number;
  /** Whether the rule that holds now lets it in. */
  readonly isAllowed: boolean;
}

export interface AccessRow {
  readonly service: string;
  /** Its own rule; without, the default holds. */
  readonly rule: DeclaredAccess | null;
  /** The busiest first. */
  readonly callers: readonly AccessCaller[];
  /** False where no agent stands before its endpoints, so that nobody is refused whatever the rule says. */
  readonly isEnforced: boolean;
}

export interface AccessOverview {
  /** The mesh's default; without, anybody may call a service that has no rule. */
  readonly byDefault: DeclaredAccess | null;
  readonly services: readonly AccessRow[];
}

export interface AccessView {
  /** `*` for the mesh's default. */
  readonly service: string;
  /** The revision an edit must name as its base. */
  readonly revision: number;
  readonly rule: DeclaredAccess | null;
  /** What holds where this rule is not; null for the default itself, without which anybody may call. */
  readonly byDefault: DeclaredAccess | null;
  /** Of the services this rule governs, or would. The busiest first. */
  readonly callers: readonly AccessCaller[];
  /** How many services the rule governs, or would; of the default, those that agents stand before. */
  readonly governed: number;
  readonly isEnforced: boolean;
  /** Services that can be chosen as callers. */
  readonly services: readonly string[];
  /** Agents that hold the views it governs and will take a change. */
  readonly agents: number;
  /** Median commit-to-ACK of recent changes, in ms; null before the first. */
  readonly usualMs: number | null;
}

export interface Access {
  list(input: { windowMs: number }): Promise<AccessOverview>;
  get(input: { windowMs: number; service: string }): Promise<AccessView>;
  /** `allow: null` takes the rule away. */
  update(
    person: Person,
    input: { service: string; baseRevision: number; allow: AllowList; reason: string },
  ): Promise<Applied>;
}
