import type { Health } from '@tulle/mesh/health';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import type { AgentView } from '../agents/view.ts';
import type { TrafficSummary } from '../metrics/view.ts';
import type { VersionShare } from '../topology/view.ts';

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

export interface ServiceView {
  readonly row: ServiceRow;
  readonly spiffeId: string;
  readonly port: number;
  readonly callers: readonly NeighbourView[];
  readonly callees: readonly NeighbourView[];
  readonly instances: readonly AgentView[];
  /** Its resources as YAML documents, ready for `tulle apply -f`. */
  readonly yaml: string;
}

export interface Services {
  list(input: { windowMs: number }): Promise<readonly ServiceRow[]>;
  get(input: { windowMs: number; service: string }): Promise<ServiceView>;
}
