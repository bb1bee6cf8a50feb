import type { PolicyFields } from '@tulle/mesh/policy';
import type { Backend } from './backend.ts';
import { OutlierDetector } from './outlier-detector.ts';

/** Counts what may change who can be chosen, so that balancers look again only then. */
export interface HealthChanges {
  count: number;
}

/** All backends of one version of a service that this agent uses: those that a failing one is compared with. */
export class VersionGroup {
  readonly backends = new Set<Backend>();
  readonly outliers: OutlierDetector;
  readonly changes: HealthChanges;
  /** Requests in flight from this agent, all backends together. */
  active = 0;
  slowStartMs = 0;

  constructor(changes: HealthChanges) {
    this.changes = changes;
    this.outliers = new OutlierDetector(this.backends, changes);
  }

  follow({ outlierDetection, loadBalancer }: Pick<PolicyFields, 'outlierDetection' | 'loadBalancer'>): void {
    this.outliers.follow(outlierDetection);
    this.slowStartMs = loadBalancer.slowStartMs;
  }
}
