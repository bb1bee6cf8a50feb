import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import type { Sticky } from '@tulle/mesh/sticky';
import type { VersionWeight } from '@tulle/mesh/traffic-split';
import type { LastChange } from '../changes/view.ts';
import type { Person } from '../people/person.ts';
import type { VersionShare } from '../topology/view.ts';

export interface SplitVersion extends VersionShare {
  /** The highest requests per second one instance has served in any 10 s of the last hour. */
  readonly maxInstanceRate: number;
}

export interface TrafficSplitRow {
  readonly service: string;
  readonly versions: readonly VersionShare[];
  readonly rate: number;
  /** null when no split was ever set. */
  readonly changed: LastChange | null;
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
}

export interface TrafficSplitView {
  readonly service: string;
  /** The revision an edit must name as its base. */
  readonly revision: number;
  readonly versions: readonly SplitVersion[];
  /** How callers stay with their version; null when they do not. */
  readonly sticky: Sticky | null;
  readonly rate: number;
  readonly callers: readonly string[];
  /** Agents that hold this service's view and will take a change. */
  readonly agents: number;
  /** Median commit-to-ACK of recent changes, in ms; null before the first. */
  readonly usualMs: number | null;
  /** The rollout that owns this split; edits by hand are refused while it runs. */
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
}

export interface Applied {
  readonly revision: number;
  /** False when nothing differed: no revision was made. */
  readonly changed: boolean;
  readonly agents: number;
}

export interface TrafficSplits {
  list(input: { windowMs: number }): Promise<readonly TrafficSplitRow[]>;
  get(input: { windowMs: number; service: string }): Promise<TrafficSplitView>;
  update(
    person: Person,
    input: {
      service: string;
      baseRevision: number;
      weights: readonly VersionWeight[];
      /** Left as it is when not named; null ends it. */
      sticky?: Sticky | null | undefined;
      reason: string;
    },
  ): Promise<Applied>;
}
