import type { Health } from '@tulle/mesh/health';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import type { RuleWords } from '@tulle/mesh/route-words';
import type { AgentView } from '../agents/view.ts';
import type { TrafficSummary } from '../metrics/view.ts';
import type { TopologyNode, VersionShare } from '../topology/view.ts';

export interface ServiceRow {
  readonly service: string;
  readonly protocol: string;
  readonly owner: string;
  readonly description: string;
  readonly health: Health;
  readonly traffic: TrafficSummary;
  readonly versions: readonly VersionShare[];
  readonly instances: number;
  readonly mtls: 'all' | 'some' | 'none' | 'unknown';
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
  /** Requests per second, evenly spaced over the window, oldest first; 30 values. */
  readonly sparkline: readonly number[];
}

export interface NeighbourView {
  readonly service: string;
  readonly health: Health;
  readonly traffic: TrafficSummary;
  readonly mtls: 'all' | 'some' | 'none' | 'unknown';
}

export interface LastChange {
  readonly revision: number;
  readonly at: number;
  readonly author: string;
}

export interface PolicyPart {
  readonly title: string;
  /** What is in force, in phrases. */
  readonly words: readonly string[];
  /** Somebody has set it to something else than the default. */
  readonly isSet: boolean;
  /** The fields of which that is so, where the words may not say it; `usual` is the default, null where there is none. */
  readonly unusual: readonly {
    readonly field: string;
    readonly value: string;
    readonly usual: string | null;
  }[];
}

/** What is declared of requests to a service, beside the split. */
export interface BehaviourView {
  /** The first ones, in words. */
  readonly rules: readonly RuleWords[];
  readonly ruleCount: number;
  /** null without rules. */
  readonly rulesChanged: LastChange | null;
  /** By what a caller stays with its version, such as `by cookie session`; null when none does. */
  readonly sticky: string | null;
  /** All that is in force. */
  readonly policy: readonly PolicyPart[];
  /** null without a policy. */
  readonly policyChanged: LastChange | null;
}

/** An endpoint of a service that the agents of a caller do not use as they use the others. */
export interface StandingView {
  /** The instance, or what identifies a static endpoint. */
  readonly endpoint: string;
  readonly caller: string;
  /** How many agents of the caller say so. */
  readonly agents: number;
  /** Such as `ejected`; agents may know more of them than we. */
  readonly state: string;
  /** In words; '' when there is nothing to say. */
  readonly reason: string;
  /** Milliseconds since the epoch; null when it depends on what comes. */
  readonly until: number | null;
}

/** What the mesh itself did to requests in the window, beside carrying them. */
export interface Interventions {
  /** Tries beyond the first of each request. */
  readonly retries: number;
  /** Requests that the mesh answered itself, by code. */
  readonly meshErrors: Readonly<Record<string, number>>;
}

export interface ServiceView {
  readonly row: ServiceRow;
  readonly kind: TopologyNode['kind'];
  readonly spiffeId: string;
  readonly port: number;
  readonly callers: readonly NeighbourView[];
  readonly callees: readonly NeighbourView[];
  readonly instances: readonly AgentView[];
  readonly standings: readonly StandingView[];
  readonly interventions: Interventions;
  readonly behaviour: BehaviourView;
  /** Its resources as YAML documents, ready for `tulle apply -f`. */
  readonly yaml: string;
}

export interface Services {
  list(input: { windowMs: number }): Promise<readonly ServiceRow[]>;
  get(input: { windowMs: number; service: string }): Promise<ServiceView>;
}
