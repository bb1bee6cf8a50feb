import type { Access } from './access/view.ts';
import type { Agents } from './agents/view.ts';
import type { ApiTokens } from './api-tokens/view.ts';
import type { Certificates } from './certificates/view.ts';
import type { Changes } from './changes/view.ts';
import type { JoinTokens } from './join-tokens/view.ts';
import type { Live } from './live/view.ts';
import type { MeshFacts } from './mesh-facts/view.ts';
import type { Metrics } from './metrics/view.ts';
import type { Directory } from './people/view.ts';
import type { Resources } from './resources/view.ts';
import type { Rollouts } from './rollouts/view.ts';
import type { RootRotations } from './root-rotation/view.ts';
import type { Services } from './services/view.ts';
import type { Topology, TopologyStep } from './topology/view.ts';
import type { TrafficSplits } from './traffic-splits/view.ts';

/** What people can do, noun by noun. Routers check who asks and what is asked; these do it. */
export interface Api {
  readonly access: Access;
  readonly agents: Agents;
  readonly apiTokens: ApiTokens;
  readonly certificates: Certificates;
  readonly changes: Changes;
  readonly joinTokens: JoinTokens;
  readonly live: Live;
  readonly meshFacts: { get(): Promise<MeshFacts> };
  readonly metrics: Metrics;
  readonly people: Directory;
  readonly resources: Resources;
  readonly rollouts: Rollouts;
  readonly rootRotation: RootRotations;
  readonly services: Services;
  readonly topology: Topology;
  readonly trafficSplits: TrafficSplits;
  liveTopology(input: { windowMs: number }, signal: AbortSignal): AsyncIterable<TopologyStep>;
}
