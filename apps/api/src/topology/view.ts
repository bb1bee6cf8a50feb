import type { Health } from '@tulle/mesh/health';
import type { ListDelta } from '@tulle/mesh/list-delta';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import type { TrafficSummary } from '../metrics/view.ts';

export interface VersionShare {
  readonly version: string;
  /** What was set, in percent; null when no split is declared. */
  readonly weight: number | null;
  /** What the wire says, in percent of requests over the window. */
  readonly observed: number;
  readonly instances: number;
  readonly traffic: TrafficSummary;
}

export interface TopologyNode {
  readonly service: string;
  /** `caller` has no inbound port, such as a load generator; `external` has only static endpoints. */
  readonly kind: 'service' | 'caller' | 'external';
  readonly health: Health;
  /** What it serves; for callers, what it calls. */
  readonly traffic: TrafficSummary;
  readonly instances: number;
  readonly versions: readonly VersionShare[];
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
}

export interface TopologyEdge {
  /** `source->destination`. */
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly health: Health;
  readonly traffic: TrafficSummary;
  /** Share of requests over mutual TLS. */
  readonly mtls: 'all' | 'some' | 'none' | 'unknown';
}

export interface TopologyView {
  /** When the newest measurement in it was taken, milliseconds since the epoch. Services and edges are in the order of their names. */
  readonly asOf: number;
  readonly windowMs: number;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** The graph as it moves: all there is, or what has changed since the step before. Figures have three digits. */
export interface TopologyStep {
  readonly isWhole: boolean;
  readonly asOf: number;
  readonly windowMs: number;
  readonly nodes: ListDelta<TopologyNode>;
  readonly edges: ListDelta<TopologyEdge>;
}

export interface EdgeView {
  readonly edge: TopologyEdge;
  readonly protocol: string;
  readonly sourceSpiffeId: string;
  readonly destinationSpiffeId: string;
  /** The first certificate of the destination to expire. */
  readonly certificate: { readonly expiresAt: number; readonly renewsAt: number } | null;
  readonly split: readonly VersionShare[];
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase } | null;
  readonly retries: number;
  /** Mesh failures by code over the window. */
  readonly meshErrors: Readonly<Record<string, number>>;
}

export interface Topology {
  graph(input: { windowMs: number }): Promise<TopologyView>;
  /**
   * The traffic of the window that ended at `at`, milliseconds since the epoch. Which services and instances there are
   * is as now, and no split and no rollout is in it: nobody keeps what they were.
   */
  past(input: { windowMs: number; at: number }): Promise<TopologyView>;
  edge(input: { windowMs: number; source: string; destination: string }): Promise<EdgeView>;
}
